package clients;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The broker under test: makes clients and topics for the checks, under names that no other run uses. */
final class Broker implements AutoCloseable {
  final Admin admin;

  /** True for a short run: fewer records, the same checks. */
  final boolean quick = "1".equals(System.getenv("QUICK"));

  private final String bootstrap = System.getenv().getOrDefault("BOOTSTRAP", "127.0.0.1:9092");
  private final String run = "java-" + Long.toString(System.currentTimeMillis(), 36) + "-";
  private int names;

  Broker() {
    admin = Admin.create(Map.of("bootstrap.servers", bootstrap, "request.timeout.ms", 10_000, "default.api.timeout.ms", 15_000));
  }

  /** A name for a topic or group that is used nowhere else. */
  String name(String what) {
    return run + what + "-" + ++names;
  }

  /** Creates a topic that no other check uses; returns its name. */
  String topic(int partitions, Map<String, String> configs) throws Exception {
    String topic = name("topic");
    admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(configs))).all().get();
    // A broker may answer before each partition takes records, and what is sent without acknowledgement is lost till then.
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    for (int p = 0; p < partitions; p++) {
      ends.put(new TopicPartition(topic, p), OffsetSpec.latest());
    }
    admin.listOffsets(ends).all().get();
    return topic;
  }

  String topic(int partitions) throws Exception {
    return topic(partitions, Map.of());
  }

  ListOffsetsResultInfo listOffset(TopicPartition partition, OffsetSpec spec) throws Exception {
    return admin.listOffsets(Map.of(partition, spec)).partitionResult(partition).get();
  }

  KafkaProducer<byte[], byte[]> producer(Map<String, Object> settings) {
    Map<String, Object> all = new HashMap<>(settings);
    all.put("bootstrap.servers", bootstrap);
    all.putIfAbsent("delivery.timeout.ms", 15_000);
    all.putIfAbsent("request.timeout.ms", 10_000);
    return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
  }

  KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> settings) {
    Map<String, Object> all = new HashMap<>(settings);
    all.put("bootstrap.servers", bootstrap);
    all.putIfAbsent("enable.auto.commit", false);
    all.putIfAbsent("auto.offset.reset", "earliest");
    all.putIfAbsent("fetch.max.wait.ms", 50);
    all.putIfAbsent("request.timeout.ms", 10_000);
    all.putIfAbsent("default.api.timeout.ms", 15_000);
    return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** Sends the records and waits until all are acknowledged. */
  void produce(List<ProducerRecord<byte[], byte[]>> records) throws Exception {
    try (var producer = producer(Map.of())) {
      var sent = new ArrayList<java.util.concurrent.Future<?>>();
      for (var record : records) {
        sent.add(producer.send(record));
      }
      for (var one : sent) {
        one.get();
      }
    }
  }

  /** {@code count} records {@code prefix-0 ...} over the partitions in turn. */
  void produce(String topic, int partitions, String prefix, int count) throws Exception {
    var records = new ArrayList<ProducerRecord<byte[], byte[]>>();
    for (int i = 0; i < count; i++) {
      records.add(new ProducerRecord<>(topic, i % partitions, null, bytes(prefix + "-" + i)));
    }
    produce(records);
  }

  /** Reads the whole topic from the beginning, {@code count} records, without a group. */
  List<ConsumerRecord<byte[], byte[]>> readAll(String topic, int partitions, int count) {
    try (var consumer = consumer(Map.of())) {
      var assigned = new ArrayList<TopicPartition>();
      for (int p = 0; p < partitions; p++) {
        assigned.add(new TopicPartition(topic, p));
      }
      consumer.assign(assigned);
      consumer.seekToBeginning(assigned);
      return poll(consumer, count);
    }
  }

  /** Polls until there are {@code count} records, for 15 s at most. */
  static List<ConsumerRecord<byte[], byte[]>> poll(KafkaConsumer<byte[], byte[]> consumer, int count) {
    var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
    while (records.size() < count) {
      consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      if (System.nanoTime() > end) {
        throw new AssertionError("read " + records.size() + " of " + count + " records within 15 s");
      }
    }
    return records;
  }

  static byte[] bytes(String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(byte[] bytes) {
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }

  /** Deletes the topics of this run. */
  void removeTopics() throws Exception {
    var own = admin.listTopics().names().get().stream().filter(topic -> topic.startsWith(run)).toList();
    admin.deleteTopics(own).all().get();
  }

  @Override
  public void close() {
    admin.close(Duration.ofSeconds(5));
  }
}
