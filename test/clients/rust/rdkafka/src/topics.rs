//! Creation, listing, growth and deletion of topics.

use checks::{Checks, Outcome, equal, eventually, is_true};
use futures_executor::block_on;
use rdkafka::admin::NewPartitions;
use rdkafka::message::Message;
use rdkafka::types::RDKafkaErrorCode;

use crate::broker::{Broker, TIMEOUT, fails, only, options, produce, read_all};

pub fn run(b: &Broker, checks: &mut Checks) {
    let topic = &b.names.name("topic");
    checks.check("create topic", || {
        b.create_or_validate(topic, 3, 1, &[], true)?;
        is_true(!b.topic_names()?.contains(topic), "nothing is created when only validated")?;
        b.create(topic, 3, 1, &[])
    });
    checks.check("describe topic", || describe(b, topic));
    checks.check("create topic again", || fails(RDKafkaErrorCode::TopicAlreadyExists, b.create(topic, 3, 1, &[])));
    checks.check("create topic, refused", || {
        fails(RDKafkaErrorCode::InvalidTopic, b.create("no/slash", 1, 1, &[]))?;
        fails(RDKafkaErrorCode::InvalidReplicationFactor, b.create(&b.names.name("many"), 1, 3, &[]))?;
        let soon = [("retention.ms", "soon")];
        fails(RDKafkaErrorCode::InvalidConfig, b.create(&b.names.name("config"), 1, 1, &soon))
    });
    checks.check("list topics", || is_true(b.topic_names()?.contains(topic), "the topic is listed"));
    checks.check("create partitions", || grow(b));
    checks.check("delete topic", || delete(b, topic));
}

fn describe(b: &Broker, topic: &str) -> Outcome {
    let metadata = b.admin.inner().fetch_metadata(Some(topic), TIMEOUT)?;
    let partitions = metadata.topics()[0].partitions();
    equal(3, partitions.len(), "partitions")?;
    for partition in partitions {
        equal(&[partition.leader()][..], partition.replicas(), "replicas")?;
        equal(&[partition.leader()][..], partition.isr(), "in-sync replicas")?;
    }
    Ok(())
}

fn partition_count(b: &Broker, topic: &str) -> Outcome<usize> {
    let metadata = b.admin.inner().fetch_metadata(Some(topic), TIMEOUT)?;
    Ok(metadata.topics()[0].partitions().len())
}

fn grow(b: &Broker) -> Outcome {
    let topic = b.topic(1)?;
    let grow_to = |count| -> Outcome {
        let wanted = NewPartitions::new(&topic, count);
        only(block_on(b.admin.create_partitions([&wanted], &options()))?)
    };
    grow_to(4)?;
    eventually("4 partitions", || Ok(partition_count(b, &topic)? == 4))?;
    fails(RDKafkaErrorCode::InvalidPartitions, grow_to(2))?;
    fails(RDKafkaErrorCode::InvalidPartitions, grow_to(4))?;
    produce(&topic, 4, "grown", 8)?;
    equal(8, read_all(&topic, 4, 8)?.len(), "records")
}

fn delete(b: &Broker, topic: &String) -> Outcome {
    b.delete(topic)?;
    eventually("the topic is gone", || Ok(!b.topic_names()?.contains(topic)))?;
    fails(RDKafkaErrorCode::UnknownTopicOrPartition, b.delete(topic))?;
    b.create(topic, 1, 1, &[])?;
    produce(topic, 1, "new", 1)?;
    equal(0, read_all(topic, 1, 1)?[0].offset(), "first offset of the topic made anew")
}
