package clients;

import static clients.Broker.text;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.WakeupException;

/** One consumer of a group on a thread of its own. It commits after each batch, and what it holds before it gives it up. */
final class Member implements AutoCloseable {
  /** Partitions held now. */
  final Set<TopicPartition> assigned = ConcurrentHashMap.newKeySet();

  /** Values in the order of reading. */
  final Queue<String> values;

  /** How often partitions were taken away. */
  final AtomicInteger revocations = new AtomicInteger();

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Thread thread;
  private volatile boolean closing;
  private volatile Throwable failure;

  /** Joins; {@code values} collects what it reads and may be shared by the members of one group. */
  Member(Broker broker, String group, String topic, Queue<String> values, Map<String, Object> settings) {
    this.values = values;
    Map<String, Object> all = new HashMap<>(settings);
    all.put("group.id", group);
    all.putIfAbsent("heartbeat.interval.ms", 200);
    all.putIfAbsent("session.timeout.ms", 6000);
    consumer = broker.consumer(all);
    consumer.subscribe(List.of(topic), new Listener());
    thread = new Thread(this::loop, "member");
    thread.setDaemon(true);
    thread.start();
  }

  Member(Broker broker, String group, String topic) {
    this(broker, group, topic, new ConcurrentLinkedQueue<>(), Map.of());
  }

  private void loop() {
    try {
      while (!closing) {
        var records = consumer.poll(Duration.ofMillis(100));
        records.forEach(record -> values.add(text(record.value())));
        if (!records.isEmpty()) {
          commit();
        }
      }
    } catch (WakeupException e) {
      // close() asks for this.
    } catch (Throwable e) {
      failure = e;
    } finally {
      consumer.close();
    }
  }

  private void commit() {
    try {
      consumer.commitSync();
    } catch (RebalanceInProgressException e) {
      // The next poll completes the rebalance; what was read is committed with the next batch or on revocation.
    }
  }

  /** Throws what ended the member, if something did. */
  void alive() {
    if (failure != null) {
      throw new AssertionError("the member died: " + failure, failure);
    }
  }

  /** Leaves the group (a static member stays in it until its session ends). */
  @Override
  public void close() throws InterruptedException {
    closing = true;
    consumer.wakeup();
    thread.join(10_000);
    alive();
  }

  private final class Listener implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      if (partitions.isEmpty()) {
        return;
      }
      revocations.incrementAndGet();
      try {
        consumer.commitSync();
      } catch (RebalanceInProgressException e) {
        throw new AssertionError("a commit on revocation was refused", e);
      } finally {
        assigned.removeAll(partitions);
      }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      assigned.addAll(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      assigned.removeAll(partitions);
    }
  }
}
