"""Groups: shared work, rebalances, committed offsets, cooperative and static members."""

import time

from confluent_kafka import KafkaError, KafkaException, TopicPartition

from broker import QUICK, consumer, name, new_topic, poll, produce, producer
from checks import equal, eventually, fails, true
from member import Member, shared

COOPERATIVE = {"partition_assignment_strategy": "cooperative-sticky"}


def run(checks):
    checks.check("group of two", group_of_two, {})
    checks.check("group resumes from committed offsets", resume)
    checks.check("group rebalances under load", under_load)
    checks.check("cooperative group", cooperative)
    checks.check("static member", static_member)
    checks.check("group with unlike protocols", unlike)
    checks.check("commit with metadata", commit_with_metadata)


def group_of_two(settings):
    topic, group, values = new_topic(3), name("group"), []
    first = Member(group, topic, values, **settings)
    eventually("the only member has all partitions", lambda: len(first.assigned) == 3)
    produce(topic, 3, "one", 30)
    eventually("30 records", lambda: len(values) >= 30)
    second = Member(group, topic, values, **settings)
    eventually("both have partitions", lambda: shared(first, second, 3))
    produce(topic, 3, "two", 30)
    eventually("60 records", lambda: len(values) >= 60)
    second.close()
    eventually("the one that stays has all again", lambda: len(first.assigned) == 3)
    produce(topic, 3, "three", 30)
    eventually("90 records", lambda: len(values) >= 90)
    first.close()
    equal(90, len(values), "records read")
    equal(90, len(set(values)), "different records read")


def resume():
    topic, group = new_topic(3), name("group")
    produce(topic, 3, "before", 30)
    member = Member(group, topic)
    eventually("30 records", lambda: len(member.values) >= 30)
    member.close()
    produce(topic, 3, "after", 30)
    again = Member(group, topic)
    eventually("30 more", lambda: len(again.values) >= 30)
    again.close()
    true(all(value.startswith("after-") for value in again.values), "only new records are read")


def under_load():
    """Members come and go while records arrive: each is read once, since members commit before they let go."""
    topic, group, values = new_topic(6), name("group"), []
    count = 300 if QUICK else 1500
    client = producer()
    first, second = Member(group, topic, values), None
    for i in range(count):
        client.produce(topic, value=f"v-{i}", partition=i % 6)
        client.poll(0)
        if i % (count // 6) == count // 12:
            if second is None:
                second = Member(group, topic, values)
            else:
                second.close()
                second = None
        time.sleep(0.003)
    equal(0, client.flush(15), "records not delivered")
    eventually(f"{count} records", lambda: len(set(values)) == count)
    if second is not None:
        second.close()
    first.close()
    equal(count, len(values), "reads")


def cooperative():
    """A member that joins takes over some partitions; the others are never taken from their reader."""
    group_of_two(COOPERATIVE)
    topic, group = new_topic(4), name("group")
    first = Member(group, topic, **COOPERATIVE)
    eventually("the only member has all partitions", lambda: len(first.assigned) == 4)
    second = Member(group, topic, **COOPERATIVE)
    eventually("both have partitions", lambda: shared(first, second, 4))
    equal(2, len(first.assigned), "partitions kept")
    equal(1, first.revocations, "revocations at the first member")
    second.close()
    eventually("the one that stays has all again", lambda: len(first.assigned) == 4)
    equal(1, first.revocations, "revocations at the first member")
    first.close()


def static_member():
    """A static member that comes back within its session gets its partitions back and disturbs nobody."""
    topic, group, values = new_topic(4), name("group"), []

    def member(instance):
        return Member(group, topic, values, group_instance_id=instance, session_timeout_ms=20_000)

    first, second = member("one"), member("two")
    eventually("both have partitions", lambda: shared(first, second, 4))
    revocations, held = first.revocations, set(second.assigned)
    second.close()
    again = member("two")
    eventually("the same partitions again", lambda: again.assigned == held)
    produce(topic, 4, "v", 40)
    eventually("40 records", lambda: len(values) >= 40)
    equal(revocations, first.revocations, "revocations at the other member")
    thief = member("two")
    eventually("the older holder of the id is fenced", lambda: again.failure is not None)
    true("fenced" in str(again.failure), f"fenced, not {again.failure}")
    eventually("the newer one has its partitions", lambda: thief.assigned == held)
    thief.close()
    first.close()
    equal(40, len(values), "records read")


def unlike():
    topic, group = new_topic(1), name("group")
    member = Member(group, topic)
    eventually("joined", lambda: len(member.assigned) == 1)
    other = consumer(group, **COOPERATIVE)
    other.subscribe([topic])

    def join():
        end = time.monotonic() + 10
        while time.monotonic() < end:
            message = other.poll(0.1)
            if message is not None and message.error() is not None:
                raise KafkaException(message.error())

    fails(KafkaError.INCONSISTENT_GROUP_PROTOCOL, join)
    other.close()
    member.close()


def commit_with_metadata():
    topic, group = new_topic(2), name("group")
    produce(topic, 2, "v", 20)
    client = consumer(group)
    client.assign([TopicPartition(topic, 0)])
    equal(10, len(poll(client, 10)), "records")
    client.commit(offsets=[TopicPartition(topic, 0, 4, metadata="half way ✓")], asynchronous=False)
    committed, none = client.committed([TopicPartition(topic, 0), TopicPartition(topic, 1)], 10)
    equal((4, "half way ✓"), (committed.offset, committed.metadata), "committed")
    true(none.offset < 0, "nothing for the other partition")
    client.close()
    client = consumer(group)
    client.assign([TopicPartition(topic, 0)])
    equal(4, poll(client, 6)[0].offset(), "the first offset read after a restart")
    client.close()
