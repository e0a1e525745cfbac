package clients;

import static clients.Checks.equal;
import static clients.Checks.fails;
import static clients.Checks.isTrue;

import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicIdException;

/** What clients from 3.1 on have of topics and offsets: topic ids, the newest record by time, tiers, lag. */
final class TopicApi {
  private TopicApi() {}

  static TopicDescription describe(Admin admin, String topic) throws Exception {
    return admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
  }

  static void idChecks(Checks checks, Broker broker) {
    checks.check("topic ids", () -> ids(broker));
  }

  private static void ids(Broker broker) throws Exception {
    String topic = broker.topic(1);
    Uuid id = describe(broker.admin, topic).topicId();
    isTrue(!id.equals(Uuid.ZERO_UUID), "a topic id");
    equal(id, broker.admin.listTopics().namesToListings().get().get(topic).topicId(), "id in the list");
    var ids = TopicCollection.ofTopicIds(List.of(id));
    equal(topic, broker.admin.describeTopics(ids).allTopicIds().get().get(id).name(), "name by id");
    broker.admin.deleteTopics(ids).all().get();
    fails(UnknownTopicIdException.class, () -> broker.admin.deleteTopics(ids).all().get());
  }

  /** {@code partition} holds 100 records, of which the one at offset 60 has the highest timestamp. */
  static void offsetChecks(Checks checks, Broker broker, OffsetChecks.Filled partition) {
    checks.check("list offsets by highest timestamp and tier", () -> newerOffsets(broker, partition.get()));
  }

  private static void newerOffsets(Broker broker, TopicPartition partition) throws Exception {
    var newest = broker.listOffset(partition, OffsetSpec.maxTimestamp());
    equal(60L, newest.offset(), "offset of the highest timestamp");
    equal(OffsetChecks.HIGHEST, newest.timestamp(), "highest timestamp");
    equal(0L, broker.listOffset(partition, OffsetSpec.earliestLocal()).offset(), "earliest local");
    equal(-1L, broker.listOffset(partition, OffsetSpec.latestTiered()).offset(), "latest tiered");
  }

  static long lag(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition) {
    return consumer.currentLag(partition).orElseThrow();
  }
}
