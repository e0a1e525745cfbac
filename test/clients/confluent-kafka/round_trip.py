"""What is produced, with every codec and every kind of acknowledgement, is read back equal."""

import time

from confluent_kafka import TIMESTAMP_CREATE_TIME, TIMESTAMP_LOG_APPEND_TIME

from broker import QUICK, START_MS, Delivery, new_topic, produce, producer, read_all, text
from checks import equal, true

#: Keys and the partition of three that murmur2 gives them, the same in every client.
KEYS = {"order-1": 1, "order-2": 0, "order-4": 2, "Müller": 1, "日本語": 1, "🧵": 2}


def run(checks):
    for codec in ("none", "gzip", "snappy", "lz4", "zstd"):
        checks.check(f"round trip {codec}", round_trip, codec)
    checks.check("log append time", append_time)
    checks.check("acks 0", acknowledged, {"acks": 0})
    checks.check("acks 1", acknowledged, {"acks": 1})
    checks.check("acks all", acknowledged, {"acks": "all"})
    checks.check("idempotent producer", acknowledged, {"enable_idempotence": True})


def samples(count):
    """(key, value, headers, timestamp) of each record."""
    keys = sorted(KEYS)
    for i in range(count):
        key = None if i % 5 == 4 else keys[i % len(keys)]
        value = None if i % 7 == 6 else b"" if i % 11 == 10 else f"value-{i} ✓ {'x' * i}".encode()
        headers = []
        if i % 3:
            headers = [
                ("trace", f"t-{i}".encode()),
                ("empty", b""),
                ("trace", b"again"),
                ("null", None),
                ("ünïcode", "🧵".encode()),
            ]
        yield key, value, headers, START_MS + i * 1000


def round_trip(codec):
    count = 60 if QUICK else 600
    topic = new_topic(3)
    records = list(samples(count))
    client = producer(compression_type=codec)
    delivery = Delivery()
    for i, (key, value, headers, timestamp) in enumerate(records):
        client.produce(topic, key=key, value=value, headers=headers, timestamp=timestamp, on_delivery=delivery.of(i))
        client.poll(0)
    delivery.complete(client, count)
    expected = {place: records[i] for i, place in delivery.places.items()}
    equal(count, len(expected), "acknowledged offsets")
    read = read_all(topic, 3, count)
    equal(count, len(read), "records read")
    for message in read:
        same(expected[(message.partition(), message.offset())], message)


def same(record, message):
    key, value, headers, timestamp = record
    where = f"offset {message.offset()}: "
    equal(key, text(message.key()), where + "key")
    equal(value, message.value(), where + "value")
    equal(headers, message.headers() or [], where + "headers")
    equal((TIMESTAMP_CREATE_TIME, timestamp), message.timestamp(), where + "timestamp")
    if key is not None:
        equal(KEYS[key], message.partition(), f"partition of key {key}")


def append_time():
    topic = new_topic(1, {"message.timestamp.type": "LogAppendTime"})
    produce(topic, 1, "now", 1)
    kind, timestamp = read_all(topic, 1, 1)[0].timestamp()
    equal(TIMESTAMP_LOG_APPEND_TIME, kind, "timestamp type")
    true(abs(time.time() * 1000 - timestamp) < 60_000, "the broker's time")


def acknowledged(settings):
    count = 200 if QUICK else 2000
    topic = new_topic(1)
    client = producer(batch_num_messages=10, **settings)
    delivery = Delivery()
    for i in range(count):
        client.produce(topic, value=f"v-{i}", partition=0, on_delivery=delivery.of(i))
        client.poll(0)
    delivery.complete(client, count)
    if settings.get("acks") != 0:
        equal({i: (0, i) for i in range(count)}, delivery.places, "acknowledged offsets")
    values = [text(message.value()) for message in read_all(topic, 1, count)]
    equal([f"v-{i}" for i in range(count)], values, "values in order")
