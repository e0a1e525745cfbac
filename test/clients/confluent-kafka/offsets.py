"""Positions: seeking, offsets by time, lag."""

import functools

from confluent_kafka import OFFSET_BEGINNING, OFFSET_END, KafkaError, TopicPartition
from confluent_kafka.admin import OffsetSpec

from broker import START_MS, Delivery, admin, consumer, new_topic, poll, producer, text
from checks import equal, fails


def run(checks):
    checks.check("seek to beginning, end and offset", lambda: seek(filled()))
    checks.check("seek to a timestamp", lambda: seek_to_time(filled()))
    checks.check("seek out of range", lambda: out_of_range(filled()))
    checks.check("list offsets", lambda: list_offsets(filled()))
    checks.check("consumer lag", lambda: lag(filled()))


@functools.cache
def filled():
    """A topic of 100 records, 1 s apart, the one at offset 60 being the newest by time."""
    topic = new_topic(1)
    client = producer()
    delivery = Delivery()
    for i in range(100):
        at = START_MS + (1_000_000 if i == 60 else i * 1000)
        client.produce(topic, value=f"v-{i}", partition=0, timestamp=at, on_delivery=delivery.of(i))
    delivery.complete(client, 100)
    return topic


def first_from(topic, offset, **settings):
    client = consumer(**settings)
    try:
        client.assign([TopicPartition(topic, 0, offset)])
        return text(poll(client, 1)[0].value())
    finally:
        client.close()


def seek(topic):
    equal("v-0", first_from(topic, OFFSET_BEGINNING), "first value")
    client = consumer()
    client.assign([TopicPartition(topic, 0, 0)])
    equal("v-0", text(poll(client, 1)[0].value()), "first value")
    client.seek(TopicPartition(topic, 0, 42))
    values = [text(message.value()) for message in poll(client, 1)]
    equal("v-42", values[0], "value at 42")
    client.seek(TopicPartition(topic, 0, OFFSET_END))
    equal(None, client.poll(0.3), "nothing at the end")
    client.close()


def seek_to_time(topic):
    client = consumer()
    by_time = lambda at: client.offsets_for_times([TopicPartition(topic, 0, at)], 10)[0].offset  # noqa: E731
    equal(31, by_time(START_MS + 30_500), "offset by time")
    equal(0, by_time(0), "offset of time 0")
    equal(OFFSET_END, by_time(START_MS + 2_000_000), "a time to come")
    client.close()
    equal("v-31", first_from(topic, 31), "value there")


def out_of_range(topic):
    fails(KafkaError._AUTO_OFFSET_RESET, lambda: first_from(topic, 5000, auto_offset_reset="error"))
    equal("v-0", first_from(topic, 5000), "reading starts again at the earliest")


def list_offsets(topic):
    partition = TopicPartition(topic, 0)
    listed = lambda spec: admin.list_offsets({partition: spec})[partition].result()  # noqa: E731
    equal(0, listed(OffsetSpec.earliest()).offset, "earliest")
    equal(100, listed(OffsetSpec.latest()).offset, "latest")
    equal(31, listed(OffsetSpec.for_timestamp(START_MS + 30_001)).offset, "by time")
    equal(-1, listed(OffsetSpec.for_timestamp(START_MS + 2_000_000)).offset, "by a time to come")
    newest = listed(OffsetSpec.max_timestamp())
    equal((60, START_MS + 1_000_000), (newest.offset, newest.timestamp), "highest timestamp")


def lag(topic):
    client = consumer()
    partition = TopicPartition(topic, 0)
    client.assign([TopicPartition(topic, 0, 20)])
    last = poll(client, 1)[-1].offset()
    low, high = client.get_watermark_offsets(partition, timeout=10)
    equal((0, 100), (low, high), "watermarks")
    equal((0, 100), client.get_watermark_offsets(partition, cached=True), "watermarks kept from fetching")
    equal(last + 1, client.position([partition])[0].offset, "position")
    client.close()
