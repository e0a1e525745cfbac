package clients;

import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** What clients before 3.0 have of topics and offsets. */
final class TopicApi {
  private TopicApi() {}

  static TopicDescription describe(Admin admin, String topic) throws Exception {
    return admin.describeTopics(List.of(topic)).all().get().get(topic);
  }

  static void idChecks(Checks checks, Broker broker) {
    checks.skip("topic ids", "the client has them since 3.1");
  }

  static void offsetChecks(Checks checks, Broker broker, OffsetChecks.Filled partition) {
    checks.skip("list offsets by highest timestamp and tier", "the client has them since 3.0 and 3.9");
  }

  /** Counted by hand: {@code currentLag} came with 3.0. */
  static long lag(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition) {
    return consumer.endOffsets(List.of(partition)).get(partition) - consumer.position(partition);
  }
}
