package clients;

import static clients.Broker.bytes;
import static clients.Broker.text;
import static clients.Checks.equal;
import static clients.Checks.fails;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;

/** Large records, many small ones, and records that are too large. */
final class SizeChecks {
  private final Broker broker;

  SizeChecks(Broker broker) {
    this.broker = broker;
  }

  void run(Checks checks) {
    checks.check("large record", this::large);
    checks.check("10,000 records in order", this::many);
    checks.check("record over max.message.bytes", this::tooLarge);
  }

  private void large() throws Exception {
    String topic = broker.topic(1);
    byte[] value = new byte[900_000];
    new Random(1).nextBytes(value);
    broker.produce(List.of(new ProducerRecord<>(topic, 0, bytes("large"), value)));
    var record = broker.readAll(topic, 1, 1).get(0);
    equal(true, Arrays.equals(value, record.value()), "the same bytes");
  }

  private void many() throws Exception {
    String topic = broker.topic(1);
    broker.produce(topic, 1, "v", 10_000);
    var read = broker.readAll(topic, 1, 10_000);
    equal(10_000, read.size(), "records");
    for (int i = 0; i < 10_000; i++) {
      equal((long) i, read.get(i).offset(), "offset");
      equal("v-" + i, text(read.get(i).value()), "value at offset " + i);
    }
  }

  private void tooLarge() throws Exception {
    String limited = broker.topic(1, Map.of("max.message.bytes", "20000"));
    String topic = broker.topic(1);
    try (var producer = broker.producer(Map.of("max.request.size", 4_000_000))) {
      producer.send(new ProducerRecord<>(limited, 0, null, bytes("first"))).get();
      refused(() -> producer.send(new ProducerRecord<>(limited, 0, null, new byte[30_000])).get());
      producer.send(new ProducerRecord<>(limited, 0, null, bytes("second"))).get();
      refused(() -> producer.send(new ProducerRecord<>(topic, 0, null, new byte[1_200_000])).get());
      producer.send(new ProducerRecord<>(topic, 0, null, bytes("first"))).get();
    }
    var values = new ArrayList<String>();
    broker.readAll(limited, 1, 2).forEach(record -> values.add(text(record.value())));
    equal(List.of("first", "second"), values, "what was kept");
    equal(1, broker.readAll(topic, 1, 1).size(), "what was kept by the broker's own limit");
  }

  private static void refused(Checks.Body send) throws Exception {
    fails(RecordTooLargeException.class, send);
  }
}
