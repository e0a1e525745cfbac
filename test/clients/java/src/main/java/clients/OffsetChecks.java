package clients;

import static clients.Broker.bytes;
import static clients.Broker.text;
import static clients.Checks.equal;
import static clients.Checks.fails;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** Positions: seeking, offsets by time, lag. */
final class OffsetChecks {
  private static final long START = 1_700_000_000_000L;

  /** The timestamp of the record at offset 60. */
  static final long HIGHEST = START + 1_000_000;

  /** Makes the partition of the checks, the first time. */
  interface Filled {
    TopicPartition get() throws Exception;
  }

  private final Broker broker;
  private TopicPartition partition;

  OffsetChecks(Broker broker) {
    this.broker = broker;
  }

  void run(Checks checks) {
    checks.check("seek to beginning, end and offset", this::seek);
    checks.check("seek to a timestamp", this::seekToTime);
    checks.check("seek out of range", this::outOfRange);
    checks.check("list offsets", this::listOffsets);
    TopicApi.offsetChecks(checks, broker, this::filled);
    checks.check("consumer lag", this::lag);
  }

  /** A partition of 100 records, 1 s apart, the one at offset 60 being the newest by time. */
  private TopicPartition filled() throws Exception {
    if (partition == null) {
      String topic = broker.topic(1);
      var records = new ArrayList<ProducerRecord<byte[], byte[]>>();
      for (int i = 0; i < 100; i++) {
        long at = i == 60 ? HIGHEST : START + i * 1000L;
        records.add(new ProducerRecord<>(topic, 0, at, null, bytes("v-" + i)));
      }
      broker.produce(records);
      partition = new TopicPartition(topic, 0);
    }
    return partition;
  }

  private KafkaConsumer<byte[], byte[]> assigned(Map<String, Object> settings) throws Exception {
    filled();
    var consumer = broker.consumer(settings);
    consumer.assign(List.of(partition));
    return consumer;
  }

  private void seek() throws Exception {
    try (var consumer = assigned(Map.of("max.poll.records", 5))) {
      consumer.seekToBeginning(List.of(partition));
      equal("v-0", text(Broker.poll(consumer, 1).get(0).value()), "first value");
      consumer.seek(partition, 42);
      equal("v-42", text(Broker.poll(consumer, 1).get(0).value()), "value at 42");
      consumer.seekToEnd(List.of(partition));
      equal(100L, consumer.position(partition), "position at the end");
      equal(true, consumer.poll(Duration.ofMillis(200)).isEmpty(), "nothing at the end");
    }
  }

  private void seekToTime() throws Exception {
    try (var consumer = assigned(Map.of())) {
      var found = consumer.offsetsForTimes(Map.of(partition, START + 30_500)).get(partition);
      equal(31L, found.offset(), "offset by time");
      equal(START + 31_000, found.timestamp(), "its timestamp");
      consumer.seek(partition, found.offset());
      equal("v-31", text(Broker.poll(consumer, 1).get(0).value()), "value there");
      equal(0L, consumer.offsetsForTimes(Map.of(partition, 0L)).get(partition).offset(), "offset of time 0");
      equal(null, consumer.offsetsForTimes(Map.of(partition, START + 2_000_000)).get(partition), "a time to come");
    }
  }

  private void outOfRange() throws Exception {
    try (var consumer = assigned(Map.of("auto.offset.reset", "none"))) {
      consumer.seek(partition, 5000);
      fails(OffsetOutOfRangeException.class, () -> Broker.poll(consumer, 1));
    }
    try (var consumer = assigned(Map.of("auto.offset.reset", "earliest"))) {
      consumer.seek(partition, 5000);
      equal("v-0", text(Broker.poll(consumer, 1).get(0).value()), "reading starts again at the earliest");
    }
  }

  private long listed(OffsetSpec spec) throws Exception {
    return broker.listOffset(partition, spec).offset();
  }

  private void listOffsets() throws Exception {
    filled();
    equal(0L, listed(OffsetSpec.earliest()), "earliest");
    equal(100L, listed(OffsetSpec.latest()), "latest");
    equal(31L, listed(OffsetSpec.forTimestamp(START + 30_001)), "by time");
    equal(-1L, listed(OffsetSpec.forTimestamp(START + 2_000_000)), "by a time to come");
  }

  private void lag() throws Exception {
    try (var consumer = assigned(Map.of("max.poll.records", 10))) {
      consumer.seek(partition, 20);
      equal(10, Broker.poll(consumer, 10).size(), "records");
      equal(70L, TopicApi.lag(consumer, partition), "lag");
      equal(Map.of(partition, 0L), consumer.beginningOffsets(List.of(partition)), "beginning");
      equal(Map.of(partition, 100L), consumer.endOffsets(List.of(partition)), "end");
    }
  }
}
