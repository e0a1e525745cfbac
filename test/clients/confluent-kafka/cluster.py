"""The cluster, configs, deleted records, and groups as an administrator sees them."""

import warnings

from confluent_kafka import ConsumerGroupState, ConsumerGroupTopicPartitions, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import (
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ConfigSource,
    OffsetSpec,
    ResourceType,
)

from broker import admin, name, new_topic, produce, read_all
from checks import equal, eventually, fails, true
from member import Member


def run(checks):
    checks.check("describe cluster", describe_cluster)
    checks.check("describe configs", describe_configs)
    checks.check("alter configs, incremental", alter_configs)
    checks.check("alter configs, legacy", alter_configs_legacy)
    checks.check("delete records", delete_records)
    checks.check("list and describe groups", describe_groups)
    checks.check("offsets of a group", group_offsets)
    checks.skip("offsets of a group, delete", "the client has no such call")
    checks.check("delete group", delete_group)
    checks.skip("offset for leader epoch", "the client has no such call; its consumer uses it inside")


def describe_cluster():
    cluster = admin.describe_cluster().result()
    true(cluster.cluster_id, "a cluster id")
    equal([cluster.controller.id], [node.id for node in cluster.nodes], "nodes")


def configs(topic):
    resource = ConfigResource(ResourceType.TOPIC, topic)
    return admin.describe_configs([resource])[resource].result()


def describe_configs():
    topic = new_topic(1, {"retention.ms": "7200000", "max.message.bytes": "5000"})
    entries = configs(topic)
    equal("7200000", entries["retention.ms"].value, "retention.ms")
    equal(ConfigSource.DYNAMIC_TOPIC_CONFIG.value, entries["retention.ms"].source, "its source")
    synonyms = [(each.name, each.value) for each in entries["max.message.bytes"].synonyms.values()]
    equal([("max.message.bytes", "5000"), ("message.max.bytes", "1048588")], synonyms, "synonyms")
    equal("delete", entries["cleanup.policy"].value, "cleanup.policy")
    equal(ConfigSource.DEFAULT_CONFIG.value, entries["cleanup.policy"].source, "its source")
    true(len(entries) > 25, f"all keys of a topic, not {len(entries)}")
    fails(KafkaError.UNKNOWN_TOPIC_OR_PART, lambda: configs(name("absent")))


def alter_configs():
    topic = new_topic(1, {"retention.ms": "7200000"})

    def alter(*changes):
        entries = [ConfigEntry(key, value, incremental_operation=op) for op, key, value in changes]
        resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=entries)
        admin.incremental_alter_configs([resource])[resource].result()

    op = AlterConfigOpType
    alter((op.SET, "max.message.bytes", "2000"), (op.APPEND, "cleanup.policy", "compact"))
    eventually("the keys are set", lambda: configs(topic)["cleanup.policy"].value == "delete,compact")
    equal("2000", configs(topic)["max.message.bytes"].value, "max.message.bytes")
    alter((op.SUBTRACT, "cleanup.policy", "delete"), (op.DELETE, "retention.ms", None))
    eventually("the keys are set", lambda: configs(topic)["cleanup.policy"].value == "compact")
    equal("604800000", configs(topic)["retention.ms"].value, "retention.ms")
    fails(KafkaError.INVALID_CONFIG, lambda: alter((op.SET, "retention.ms", "soon")))


def alter_configs_legacy():
    """The legacy call sets all: what it does not name goes back to its default."""
    topic = new_topic(1, {"retention.ms": "7200000"})
    resource = ConfigResource(ResourceType.TOPIC, topic, set_config={"max.message.bytes": "2000"})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        admin.alter_configs([resource])[resource].result()
    eventually("the key is set", lambda: configs(topic)["max.message.bytes"].value == "2000")
    equal("604800000", configs(topic)["retention.ms"].value, "retention.ms")


def delete_records():
    topic = new_topic(1)
    partition = TopicPartition(topic, 0)
    produce(topic, 1, "v", 50)

    def delete_to(offset):
        target = TopicPartition(topic, 0, offset)
        return admin.delete_records([target])[target].result().low_watermark

    equal(20, delete_to(20), "low watermark")
    equal(20, admin.list_offsets({partition: OffsetSpec.earliest()})[partition].result().offset, "earliest")
    equal(20, read_all(topic, 1, 30)[0].offset(), "first offset read")
    fails(KafkaError.OFFSET_OUT_OF_RANGE, lambda: delete_to(51))
    equal(50, delete_to(-1), "low watermark after all is deleted")


def describe_group(group):
    return admin.describe_consumer_groups([group])[group].result()


def describe_groups():
    topic, group = new_topic(2), name("group")
    member = Member(group, topic)
    eventually("joined", lambda: len(member.assigned) == 2)
    listed = [each.group_id for each in admin.list_consumer_groups().result().valid]
    true(group in listed, "the group is listed")
    stable = admin.list_consumer_groups(states={ConsumerGroupState.STABLE}).result().valid
    true(group in [each.group_id for each in stable], "and listed as stable")
    described = describe_group(group)
    equal(ConsumerGroupState.STABLE, described.state, "state")
    equal("range", described.partition_assignor, "assignor")
    equal(1, len(described.members), "members")
    held = {each.partition for each in described.members[0].assignment.topic_partitions}
    equal(member.assigned, held, "assignment")
    true("127.0.0.1" in described.members[0].host, f"host {described.members[0].host}")
    fails(KafkaError.NON_EMPTY_GROUP, lambda: admin.delete_consumer_groups([group])[group].result())
    member.close()
    eventually("the group is empty", lambda: describe_group(group).state == ConsumerGroupState.EMPTY)


def offsets(group):
    request = ConsumerGroupTopicPartitions(group)
    found = admin.list_consumer_group_offsets([request])[group].result().topic_partitions
    return {each.partition: each.offset for each in found}


def group_offsets():
    topic, group = new_topic(2), name("group")
    produce(topic, 2, "v", 20)
    member = Member(group, topic)

    def alter():
        request = ConsumerGroupTopicPartitions(group, [TopicPartition(topic, 0, 3)])
        altered = admin.alter_consumer_group_offsets([request])[group].result()
        for each in altered.topic_partitions:
            if each.error is not None:
                raise KafkaException(each.error)

    eventually("20 records", lambda: len(member.values) == 20)
    fails(KafkaError.UNKNOWN_MEMBER_ID, alter)
    member.close()
    equal({0: 10, 1: 10}, offsets(group), "committed offsets")
    alter()
    equal({0: 3, 1: 10}, offsets(group), "offsets after the change")
    again = Member(group, topic)
    eventually("7 records", lambda: len(again.values) == 7)
    again.close()


def delete_group():
    topic, group = new_topic(1), name("group")
    produce(topic, 1, "v", 5)
    member = Member(group, topic)
    eventually("5 records", lambda: len(member.values) == 5)
    member.close()
    admin.delete_consumer_groups([group])[group].result()
    fails(KafkaError.GROUP_ID_NOT_FOUND, lambda: admin.delete_consumer_groups([group])[group].result())
    equal({}, offsets(group), "offsets of a deleted group")
