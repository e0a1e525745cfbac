package clients;

import static clients.Broker.bytes;
import static clients.Broker.text;
import static clients.Checks.equal;
import static clients.Checks.isTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;

/** What is produced, with every codec and every kind of acknowledgement, is read back equal. */
final class RoundTripChecks {
  /** Keys and the partition of three that murmur2 gives them, the same in every client. */
  private static final Map<String, Integer> KEYS =
      Map.of("order-1", 1, "order-2", 0, "order-4", 2, "M\u00fcller", 1, "\u65e5\u672c\u8a9e", 1, "\ud83e\uddf5", 2);

  private static final long START = 1_700_000_000_000L;

  private final Broker broker;

  RoundTripChecks(Broker broker) {
    this.broker = broker;
  }

  void run(Checks checks) {
    for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
      checks.check("round trip " + codec, () -> roundTrip(codec));
    }
    checks.check("log append time", this::appendTime);
    checks.check("acks 0", () -> acknowledged("0", false));
    checks.check("acks 1", () -> acknowledged("1", false));
    checks.check("acks all", () -> acknowledged("all", false));
    checks.check("idempotent producer", () -> acknowledged("all", true));
  }

  private static List<ProducerRecord<byte[], byte[]>> samples(String topic, int count) {
    var keys = KEYS.keySet().stream().sorted().toList();
    var records = new ArrayList<ProducerRecord<byte[], byte[]>>();
    for (int i = 0; i < count; i++) {
      String key = i % 5 == 4 ? null : keys.get(i % keys.size());
      byte[] value = i % 7 == 6 ? null : bytes(i % 11 == 10 ? "" : "value-" + i + " \u2713 " + "x".repeat(i));
      var headers = new ArrayList<Header>();
      if (i % 3 != 0) {
        headers.add(new RecordHeader("trace", bytes("t-" + i)));
        headers.add(new RecordHeader("empty", new byte[0]));
        headers.add(new RecordHeader("trace", bytes("again")));
        headers.add(new RecordHeader("null", (byte[]) null));
        headers.add(new RecordHeader("\u00fcn\u00efcode", bytes("\ud83e\uddf5")));
      }
      records.add(new ProducerRecord<>(topic, null, START + i * 1000L, bytes(key), value, headers));
    }
    return records;
  }

  private void roundTrip(String codec) throws Exception {
    int count = broker.quick ? 60 : 600;
    String topic = broker.topic(3);
    var records = samples(topic, count);
    var settings = Map.<String, Object>of("compression.type", codec, "linger.ms", 20);
    var expected = new HashMap<String, ProducerRecord<byte[], byte[]>>();
    try (var producer = broker.producer(settings)) {
      var sent = new ArrayList<Future<RecordMetadata>>();
      for (var record : records) {
        sent.add(producer.send(record));
      }
      for (int i = 0; i < count; i++) {
        RecordMetadata at = sent.get(i).get();
        expected.put(at.partition() + "/" + at.offset(), records.get(i));
        equal(records.get(i).timestamp(), at.timestamp(), "timestamp in the acknowledgement");
        String key = text(records.get(i).key());
        if (key != null) {
          equal(KEYS.get(key), at.partition(), "partition of key " + key);
        }
      }
    }
    equal(count, expected.size(), "acknowledged offsets");
    var read = broker.readAll(topic, 3, count);
    equal(count, read.size(), "records read");
    for (var record : read) {
      same(expected.get(record.partition() + "/" + record.offset()), record);
    }
  }

  private static void same(ProducerRecord<byte[], byte[]> sent, ConsumerRecord<byte[], byte[]> read) {
    isTrue(sent != null, "a record was read at an offset that was not acknowledged: " + read.offset());
    String where = "offset " + read.offset() + ": ";
    equal(text(sent.key()), text(read.key()), where + "key");
    equal(text(sent.value()), text(read.value()), where + "value");
    equal(sent.timestamp(), read.timestamp(), where + "timestamp");
    equal(TimestampType.CREATE_TIME, read.timestampType(), where + "timestamp type");
    equal(headers(sent.headers()), headers(read.headers()), where + "headers");
  }

  private static List<String> headers(Iterable<Header> headers) {
    var all = new ArrayList<String>();
    headers.forEach(header -> all.add(header.key() + "=" + text(header.value())));
    return all;
  }

  private void appendTime() throws Exception {
    String topic = broker.topic(1, Map.of("message.timestamp.type", "LogAppendTime"));
    broker.produce(List.of(new ProducerRecord<>(topic, 0, START, null, bytes("now"))));
    var record = broker.readAll(topic, 1, 1).get(0);
    equal(TimestampType.LOG_APPEND_TIME, record.timestampType(), "timestamp type");
    isTrue(Math.abs(System.currentTimeMillis() - record.timestamp()) < 60_000, "the broker's time");
  }

  private void acknowledged(String acks, boolean idempotent) throws Exception {
    int count = broker.quick ? 200 : 2000;
    String topic = broker.topic(1);
    var settings = Map.<String, Object>of("acks", acks, "enable.idempotence", idempotent, "batch.size", 1024);
    try (var producer = broker.producer(settings)) {
      Future<RecordMetadata> last = null;
      for (int i = 0; i < count; i++) {
        last = producer.send(new ProducerRecord<>(topic, 0, null, bytes("v-" + i)));
      }
      producer.flush();
      equal(acks.equals("0") ? -1L : count - 1L, last.get().offset(), "last offset");
    }
    var read = broker.readAll(topic, 1, count);
    for (int i = 0; i < count; i++) {
      equal("v-" + i, text(read.get(i).value()), "value at offset " + i);
    }
  }
}
