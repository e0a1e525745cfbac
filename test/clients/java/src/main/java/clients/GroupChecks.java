package clients;

import static clients.Broker.bytes;
import static clients.Checks.equal;
import static clients.Checks.eventually;
import static clients.Checks.fails;
import static clients.Checks.isTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InconsistentGroupProtocolException;

/** Groups: shared work, rebalances, committed offsets, cooperative and static members. */
final class GroupChecks {
  private static final Map<String, Object> COOPERATIVE =
      Map.of("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());

  private final Broker broker;

  GroupChecks(Broker broker) {
    this.broker = broker;
  }

  void run(Checks checks) {
    checks.check("group of two", () -> groupOfTwo(Map.of()));
    checks.check("group resumes from committed offsets", this::resume);
    checks.check("group rebalances under load", this::underLoad);
    checks.check("cooperative group", this::cooperative);
    checks.check("static member", this::staticMember);
    checks.check("group with unlike protocols", this::unlike);
    checks.check("commit with metadata", this::commitWithMetadata);
  }

  private void groupOfTwo(Map<String, Object> settings) throws Exception {
    String topic = broker.topic(3);
    String group = broker.name("group");
    Queue<String> values = new ConcurrentLinkedQueue<>();
    try (var first = new Member(broker, group, topic, values, settings)) {
      eventually("the only member has all partitions", () -> first.assigned.size() == 3);
      broker.produce(topic, 3, "one", 30);
      eventually("30 records", () -> values.size() >= 30);
      try (var second = new Member(broker, group, topic, values, settings)) {
        eventually("both have partitions", () -> shared(first, second, 3));
        broker.produce(topic, 3, "two", 30);
        eventually("60 records", () -> values.size() >= 60);
      }
      eventually("the one that stays has all again", () -> first.assigned.size() == 3);
      broker.produce(topic, 3, "three", 30);
      eventually("90 records", () -> values.size() >= 90);
      first.alive();
    }
    equal(90, values.size(), "records read");
    equal(90, new HashSet<>(values).size(), "different records read");
  }

  private static boolean shared(Member first, Member second, int partitions) {
    first.alive();
    second.alive();
    Set<TopicPartition> all = new HashSet<>(first.assigned);
    all.addAll(second.assigned);
    return !first.assigned.isEmpty()
        && !second.assigned.isEmpty()
        && first.assigned.size() + second.assigned.size() == partitions
        && all.size() == partitions;
  }

  private void resume() throws Exception {
    String topic = broker.topic(3);
    String group = broker.name("group");
    broker.produce(topic, 3, "before", 30);
    try (var member = new Member(broker, group, topic)) {
      eventually("30 records", () -> member.values.size() >= 30);
    }
    broker.produce(topic, 3, "after", 30);
    try (var member = new Member(broker, group, topic)) {
      eventually("30 more", () -> member.values.size() >= 30);
      isTrue(member.values.stream().allMatch(value -> value.startsWith("after-")), "only new records are read");
    }
  }

  /** Members come and go while records arrive: each record is read once, since members commit before they let go. */
  private void underLoad() throws Exception {
    String topic = broker.topic(6);
    String group = broker.name("group");
    Queue<String> values = new ConcurrentLinkedQueue<>();
    int count = broker.quick ? 300 : 1500;
    try (var producer = broker.producer(Map.of());
        var first = new Member(broker, group, topic, values, Map.of())) {
      Member second = null;
      for (int i = 0; i < count; i++) {
        producer.send(new ProducerRecord<>(topic, i % 6, null, bytes("v-" + i)));
        if (i % (count / 6) == count / 12) {
          if (second == null) {
            second = new Member(broker, group, topic, values, Map.of());
          } else {
            second.close();
            second = null;
          }
        }
        Thread.sleep(3);
      }
      producer.flush();
      eventually(count + " records", () -> new HashSet<>(values).size() == count);
      if (second != null) {
        second.close();
      }
      first.alive();
    }
    equal(count, values.size(), "reads");
  }

  /** A member that joins takes over some partitions; the others are never taken from their reader. */
  private void cooperative() throws Exception {
    groupOfTwo(COOPERATIVE);
    String topic = broker.topic(4);
    String group = broker.name("group");
    try (var first = new Member(broker, group, topic, new ConcurrentLinkedQueue<>(), COOPERATIVE)) {
      eventually("the only member has all partitions", () -> first.assigned.size() == 4);
      try (var second = new Member(broker, group, topic, new ConcurrentLinkedQueue<>(), COOPERATIVE)) {
        eventually("both have partitions", () -> shared(first, second, 4));
        equal(1, first.revocations.get(), "revocations at the first member");
        equal(2, first.assigned.size(), "partitions kept");
      }
      eventually("the one that stays has all again", () -> first.assigned.size() == 4);
      equal(1, first.revocations.get(), "revocations at the first member");
    }
  }

  /** A static member that comes back within its session gets its partitions back and disturbs nobody. */
  private void staticMember() throws Exception {
    String topic = broker.topic(4);
    String group = broker.name("group");
    Queue<String> values = new ConcurrentLinkedQueue<>();
    Map<String, Object> one = Map.of("group.instance.id", "one", "session.timeout.ms", 20_000);
    Map<String, Object> two = Map.of("group.instance.id", "two", "session.timeout.ms", 20_000);
    try (var first = new Member(broker, group, topic, values, one)) {
      var second = new Member(broker, group, topic, values, two);
      eventually("both have partitions", () -> shared(first, second, 4));
      int revocations = first.revocations.get();
      Set<TopicPartition> held = Set.copyOf(second.assigned);
      second.close();
      try (var again = new Member(broker, group, topic, values, two)) {
        eventually("the same partitions again", () -> held.equals(again.assigned));
        broker.produce(topic, 4, "v", 40);
        eventually("40 records", () -> values.size() >= 40);
        equal(revocations, first.revocations.get(), "revocations at the other member");
        try (var thief = new Member(broker, group, topic, values, two)) {
          eventually("the older holder of the id is fenced", () -> isFenced(again));
          eventually("the newer one has its partitions", () -> held.equals(thief.assigned));
        }
      } catch (AssertionError e) {
        if (!(e.getCause() instanceof FencedInstanceIdException)) {
          throw e;
        }
      }
    }
    equal(40, values.size(), "records read");
  }

  private static boolean isFenced(Member member) {
    try {
      member.alive();
      return false;
    } catch (AssertionError e) {
      return e.getCause() instanceof FencedInstanceIdException;
    }
  }

  private void unlike() throws Exception {
    String topic = broker.topic(1);
    String group = broker.name("group");
    try (var member = new Member(broker, group, topic)) {
      eventually("joined", () -> member.assigned.size() == 1);
      var settings =
          Map.<String, Object>of("group.id", group, "partition.assignment.strategy", RoundRobinAssignor.class.getName());
      try (var other = broker.consumer(settings)) {
        other.subscribe(List.of(topic));
        fails(InconsistentGroupProtocolException.class, () -> other.poll(Duration.ofSeconds(10)));
      }
      member.alive();
    }
  }

  private void commitWithMetadata() throws Exception {
    String topic = broker.topic(2);
    String group = broker.name("group");
    broker.produce(topic, 2, "v", 20);
    var partition = new TopicPartition(topic, 0);
    try (var consumer = broker.consumer(Map.of("group.id", group))) {
      consumer.assign(List.of(partition));
      equal(10, Broker.poll(consumer, 10).size(), "records");
      consumer.commitSync(Map.of(partition, new OffsetAndMetadata(4, "half way \u2713")));
      var committed = consumer.committed(Set.of(partition, new TopicPartition(topic, 1)));
      equal(4L, committed.get(partition).offset(), "committed offset");
      equal("half way \u2713", committed.get(partition).metadata(), "metadata");
      equal(null, committed.get(new TopicPartition(topic, 1)), "nothing for the other partition");
    }
    try (var consumer = broker.consumer(Map.of("group.id", group))) {
      consumer.assign(new ArrayList<>(List.of(partition)));
      equal(4L, Broker.poll(consumer, 6).get(0).offset(), "the first offset read after a restart");
    }
  }
}
