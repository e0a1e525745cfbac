"""Large records, many small ones, and records that are too large."""

import os

from confluent_kafka import KafkaError, KafkaException

from broker import Delivery, new_topic, produce, producer, read_all, text
from checks import equal, fails, true


def run(checks):
    checks.check("large record", large)
    checks.check("10,000 records in order", many)
    checks.check("record over max.message.bytes", too_large)


def large():
    topic = new_topic(1)
    value = os.urandom(900_000)
    client = producer()
    delivery = Delivery()
    client.produce(topic, value=value, partition=0, on_delivery=delivery.of(0))
    delivery.complete(client, 1)
    true(read_all(topic, 1, 1)[0].value() == value, "the same bytes")


def many():
    topic = new_topic(1)
    produce(topic, 1, "v", 10_000)
    read = read_all(topic, 1, 10_000)
    equal(list(range(10_000)), [message.offset() for message in read], "offsets")
    equal([f"v-{i}" for i in range(10_000)], [text(message.value()) for message in read], "values")


def too_large():
    limited = new_topic(1, {"max.message.bytes": "20000"})
    topic = new_topic(1)
    client = producer(message_max_bytes=4_000_000)

    def send(to, value):
        delivery = Delivery()
        client.produce(to, value=value, partition=0, on_delivery=delivery.of(0))
        client.flush(15)
        if delivery.errors:
            raise KafkaException(delivery.errors[0])

    send(limited, b"first")
    fails(KafkaError.MSG_SIZE_TOO_LARGE, lambda: send(limited, b"x" * 30_000))
    send(limited, b"second")
    fails(KafkaError.MSG_SIZE_TOO_LARGE, lambda: send(topic, b"x" * 1_200_000))
    send(topic, b"first")
    equal(["first", "second"], [text(message.value()) for message in read_all(limited, 1, 2)], "what was kept")
    equal(1, len(read_all(topic, 1, 1)), "what was kept by the broker's own limit")
