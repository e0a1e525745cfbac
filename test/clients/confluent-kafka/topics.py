"""Creation, listing, growth and deletion of topics."""

from confluent_kafka import KafkaError, TopicCollection
from confluent_kafka.admin import NewPartitions, NewTopic

from broker import admin, name, new_topic, produce, read_all
from checks import equal, eventually, fails, true


def run(checks):
    topic = name("topic")
    checks.check("create topic", create, topic)
    checks.check("describe topic", describe, topic)
    checks.check("create topic again", create_again, topic)
    checks.check("create topic, refused", create_refused)
    checks.check("list topics", lambda: true(topic in admin.list_topics(timeout=10).topics, "the topic is listed"))
    checks.check("create partitions", grow)
    checks.check("delete topic", delete, topic)


def create(topic):
    admin.create_topics([NewTopic(topic, 3, 1)], validate_only=True)[topic].result()
    true(topic not in admin.list_topics(timeout=10).topics, "nothing is created when only validated")
    admin.create_topics([NewTopic(topic, 3, 1)])[topic].result()


def describe(topic):
    described = admin.describe_topics(TopicCollection([topic]))[topic].result()
    equal(3, len(described.partitions), "partitions")
    equal(False, described.is_internal, "internal")
    for partition in described.partitions:
        equal([partition.leader.id], [node.id for node in partition.replicas], "replicas")
        equal([partition.leader.id], [node.id for node in partition.isr], "in-sync replicas")
    absent = name("absent")
    fails(
        KafkaError.UNKNOWN_TOPIC_OR_PART,
        lambda: admin.describe_topics(TopicCollection([absent]))[absent].result(),
    )


def create_again(topic):
    fails(KafkaError.TOPIC_ALREADY_EXISTS, lambda: admin.create_topics([NewTopic(topic, 3, 1)])[topic].result())


def create_refused():
    def refused(code, topic):
        fails(code, lambda: admin.create_topics([topic])[topic.topic].result())

    refused(KafkaError.TOPIC_EXCEPTION, NewTopic("no/slash", 1, 1))
    refused(KafkaError.INVALID_PARTITIONS, NewTopic(name("none"), 0, 1))
    refused(KafkaError.INVALID_REPLICATION_FACTOR, NewTopic(name("many"), 1, 3))
    refused(KafkaError.INVALID_CONFIG, NewTopic(name("config"), 1, 1, config={"retention.ms": "soon"}))


def grow():
    topic = new_topic(1)
    admin.create_partitions([NewPartitions(topic, 4)])[topic].result()
    eventually("4 partitions", lambda: len(admin.list_topics(topic, timeout=10).topics[topic].partitions) == 4)
    for count in (2, 4):
        fails(KafkaError.INVALID_PARTITIONS, lambda to=count: admin.create_partitions([NewPartitions(topic, to)])[topic].result())
    produce(topic, 4, "grown", 8)
    equal(8, len(read_all(topic, 4, 8)), "records")


def delete(topic):
    admin.delete_topics([topic])[topic].result()
    eventually("the topic is gone", lambda: topic not in admin.list_topics(timeout=10).topics)
    fails(KafkaError.UNKNOWN_TOPIC_OR_PART, lambda: admin.delete_topics([topic])[topic].result())
    admin.create_topics([NewTopic(topic, 1, 1)])[topic].result()
    produce(topic, 1, "new", 1)
    equal(0, read_all(topic, 1, 1)[0].offset(), "first offset of the topic made anew")
