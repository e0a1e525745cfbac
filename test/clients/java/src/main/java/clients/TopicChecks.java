package clients;

import static clients.Checks.equal;
import static clients.Checks.eventually;
import static clients.Checks.fails;
import static clients.Checks.isTrue;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Creation, listing, growth and deletion of topics. */
final class TopicChecks {
  private final Broker broker;

  TopicChecks(Broker broker) {
    this.broker = broker;
  }

  void run(Checks checks) {
    String topic = broker.name("topic");
    checks.check("create topic", () -> create(topic));
    checks.check("describe topic", () -> describe(topic));
    checks.check("create topic again", () -> createAgain(topic));
    checks.check("create topic, refused", this::createRefused);
    checks.check("list topics", () -> list(topic));
    checks.check("create partitions", this::grow);
    checks.check("delete topic", () -> delete(topic));
    TopicApi.idChecks(checks, broker);
  }

  private void create(String topic) throws Exception {
    var dry = new CreateTopicsOptions().validateOnly(true);
    broker.admin.createTopics(List.of(new NewTopic(topic, 3, (short) 1)), dry).all().get();
    var made = broker.admin.createTopics(List.of(new NewTopic(topic, 3, (short) 1).configs(Map.of("retention.ms", "3600000"))));
    equal(3, made.numPartitions(topic).get(), "partitions");
    equal(1, made.replicationFactor(topic).get(), "replication factor");
    isTrue(!made.topicId(topic).get().equals(Uuid.ZERO_UUID), "a topic id");
    equal("3600000", made.config(topic).get().get("retention.ms").value(), "retention.ms in the answer");
  }

  private void describe(String topic) throws Exception {
    var described = TopicApi.describe(broker.admin, topic);
    equal(3, described.partitions().size(), "partitions");
    isTrue(!described.isInternal(), "not internal");
    for (int p = 0; p < 3; p++) {
      var partition = described.partitions().get(p);
      equal(p, partition.partition(), "partition");
      equal(1, partition.replicas().size(), "replicas");
      equal(1, partition.isr().size(), "in-sync replicas");
      equal(partition.replicas().get(0).id(), partition.leader().id(), "leader");
    }
    fails(
        UnknownTopicOrPartitionException.class, () -> TopicApi.describe(broker.admin, broker.name("absent")));
  }

  private void createAgain(String topic) throws Exception {
    fails(
        TopicExistsException.class,
        () -> broker.admin.createTopics(List.of(new NewTopic(topic, 3, (short) 1))).all().get());
  }

  private void createRefused() throws Exception {
    refused(InvalidTopicException.class, new NewTopic("no/slash", 1, (short) 1));
    refused(InvalidPartitionsException.class, new NewTopic(broker.name("none"), 0, (short) 1));
    refused(InvalidReplicationFactorException.class, new NewTopic(broker.name("many"), 1, (short) 3));
    var config = new NewTopic(broker.name("config"), 1, (short) 1);
    refused(InvalidConfigurationException.class, config.configs(Map.of("retention.ms", "soon")));
  }

  private void refused(Class<? extends Exception> error, NewTopic topic) throws Exception {
    fails(error, () -> broker.admin.createTopics(List.of(topic)).all().get());
  }

  private void list(String topic) throws Exception {
    var listings = broker.admin.listTopics().namesToListings().get();
    isTrue(listings.containsKey(topic), "the topic is listed");
  }

  private void grow() throws Exception {
    String topic = broker.topic(1);
    broker.admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(4))).all().get();
    eventually("4 partitions", () -> TopicApi.describe(broker.admin, topic).partitions().size() == 4);
    for (int same : new int[] {2, 4}) {
      var to = Map.of(topic, NewPartitions.increaseTo(same));
      fails(InvalidPartitionsException.class, () -> broker.admin.createPartitions(to).all().get());
    }
    broker.produce(topic, 4, "grown", 8);
    equal(8, broker.readAll(topic, 4, 8).size(), "records");
  }

  private void delete(String topic) throws Exception {
    broker.admin.deleteTopics(List.of(topic)).all().get();
    eventually("the topic is gone", () -> !broker.admin.listTopics().names().get().contains(topic));
    fails(UnknownTopicOrPartitionException.class, () -> broker.admin.deleteTopics(List.of(topic)).all().get());
    broker.admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
    broker.produce(topic, 1, "new", 1);
    var records = broker.readAll(topic, 1, 1);
    equal(0L, records.get(0).offset(), "first offset of the topic made anew");
  }
}
