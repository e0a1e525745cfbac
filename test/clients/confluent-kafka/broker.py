"""The broker under test: clients, names and topics that no other check uses, and reading all of a topic."""

import itertools
import os
import time

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic, OffsetSpec

from checks import eventually

BOOTSTRAP = os.environ.get("BOOTSTRAP", "127.0.0.1:9092")

#: True for a short run: fewer records, the same checks.
QUICK = os.environ.get("QUICK") == "1"

START_MS = 1_700_000_000_000

COMMON = {"bootstrap.servers": BOOTSTRAP, "log_level": 0, "broker.address.family": "v4"}

admin = AdminClient({**COMMON, "socket.timeout.ms": 10_000})

_run = f"python-{os.getpid()}-{int(time.time())}"
_count = itertools.count(1)


def name(what):
    return f"{_run}-{what}-{next(_count)}"


def new_topic(partitions, configs=None):
    topic = name("topic")
    admin.create_topics([NewTopic(topic, partitions, 1, config=configs or {})])[topic].result()
    # A broker may answer before each partition takes records, and what is sent without acknowledgement is lost till then.
    eventually("the topic is ready", lambda: _ready(topic, partitions))
    return topic


def _ready(topic, partitions):
    request = {TopicPartition(topic, p): OffsetSpec.latest() for p in range(partitions)}
    try:
        return all(answer.result().offset >= 0 for answer in admin.list_offsets(request).values())
    except KafkaException:
        return False


def remove_topics():
    """Deletes the topics of this run."""
    own = [topic for topic in admin.list_topics(timeout=10).topics if topic.startswith(_run)]
    for deleted in admin.delete_topics(own).values():
        deleted.result()


def producer(**settings):
    dotted = {key.replace("_", "."): value for key, value in settings.items()}
    # murmur2 as in the other clients; librdkafka's own default is CRC-32.
    return Producer({**COMMON, "partitioner": "murmur2_random", "message.timeout.ms": 15_000, "linger.ms": 5, **dotted})


def consumer(group=None, **settings):
    dotted = {key.replace("_", "."): value for key, value in settings.items()}
    defaults = {
        "group.id": group or name("reader"),
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
        "fetch.wait.max.ms": 50,
        "session.timeout.ms": 6000,
        "heartbeat.interval.ms": 200,
    }
    return Consumer({**COMMON, **defaults, **dotted})


class Delivery:
    """Collects what a producer was told of its records: (partition, offset), or the error."""

    def __init__(self):
        self.places = {}
        self.errors = []

    def of(self, key):
        def report(error, message):
            if error is not None:
                self.errors.append(error)
            else:
                self.places[key] = (message.partition(), message.offset())

        return report

    def complete(self, client, count):
        left = client.flush(15)
        if left or self.errors:
            raise AssertionError(f"{left} not delivered, errors {self.errors[:3]}")
        if len(self.places) != count:
            raise AssertionError(f"{len(self.places)} of {count} delivered")


def produce(topic, partitions, prefix, count):
    """``count`` records ``prefix-0 ...`` over the partitions in turn."""
    client = producer()
    delivery = Delivery()
    for i in range(count):
        client.produce(topic, value=f"{prefix}-{i}", partition=i % partitions, on_delivery=delivery.of(i))
        client.poll(0)
    delivery.complete(client, count)


def poll(client, count):
    """Reads until there are ``count`` records, for 15 s at most."""
    records = []
    end = time.monotonic() + 15
    while len(records) < count:
        for message in client.consume(500, 0.1):
            if message.error() is not None:
                raise KafkaException(message.error())
            records.append(message)
        if time.monotonic() > end:
            raise AssertionError(f"read {len(records)} of {count} records within 15 s")
    return records


def read_all(topic, partitions, count):
    client = consumer()
    try:
        client.assign([TopicPartition(topic, p, 0) for p in range(partitions)])
        return poll(client, count)
    finally:
        client.close()


def text(value):
    return None if value is None else value.decode()
