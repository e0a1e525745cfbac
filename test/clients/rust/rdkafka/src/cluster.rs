//! The cluster, configs, deleted records, and groups as an administrator sees them.

use checks::{Checks, Outcome, equal, eventually, is_true};
use futures_executor::block_on;
use rdkafka::admin::{AlterConfig, ConfigEntry, ConfigSource, ResourceSpecifier};
use rdkafka::client::DefaultClientContext;
use rdkafka::error::KafkaError;
use rdkafka::types::RDKafkaErrorCode;
use rdkafka::{Message, Offset, TopicPartitionList};

use crate::broker::{Broker, TIMEOUT, fails, only, options, produce, read_all};
use crate::member::{Member, Values};

pub fn run(b: &Broker, checks: &mut Checks) {
    checks.check("describe cluster", || {
        let client = b.admin.inner();
        is_true(client.fetch_cluster_id(TIMEOUT).is_some_and(|id| !id.is_empty()), "a cluster id")?;
        equal(1, client.fetch_metadata(None, TIMEOUT)?.brokers().len(), "brokers")
    });
    checks.check("describe configs", || describe_configs(b));
    checks.skip("alter configs, incremental", "the client has the legacy call only");
    checks.check("alter configs, legacy", || alter_configs(b));
    checks.check("delete records", || delete_records(b));
    checks.check("list and describe groups", || describe_groups(b));
    checks.skip("offsets of a group", "the client has no such call");
    checks.check("delete group", || delete_group(b));
}

fn configs(b: &Broker, topic: &str) -> Outcome<Vec<ConfigEntry>> {
    let resource = ResourceSpecifier::Topic(topic);
    let described = block_on(b.admin.describe_configs([&resource], &options()))?;
    let resource = described.into_iter().next().ok_or("no answer")?;
    Ok(resource.map_err(KafkaError::AdminOp)?.entries)
}

fn value(b: &Broker, topic: &str, key: &str) -> Outcome<(String, ConfigSource)> {
    let entry = configs(b, topic)?.into_iter().find(|entry| entry.name == key).ok_or("no such key")?;
    Ok((entry.value.unwrap_or_default(), entry.source))
}

fn describe_configs(b: &Broker) -> Outcome {
    let topic = b.topic_with(1, &[("retention.ms", "7200000")])?;
    let own = ("7200000".to_string(), ConfigSource::DynamicTopic);
    equal(own, value(b, &topic, "retention.ms")?, "retention.ms")?;
    let default = ("delete".to_string(), ConfigSource::Default);
    equal(default, value(b, &topic, "cleanup.policy")?, "cleanup.policy")?;
    is_true(configs(b, &topic)?.len() > 25, "all keys of a topic")
}

/// The legacy call sets all: what it does not name goes back to its default. The client does not hand on the error of a
/// resource, here or when it describes one.
fn alter_configs(b: &Broker) -> Outcome {
    let topic = b.topic_with(1, &[("retention.ms", "7200000")])?;
    let change = AlterConfig::new(ResourceSpecifier::Topic(&topic)).set("max.message.bytes", "2000");
    equal(1, block_on(b.admin.alter_configs([&change], &options()))?.len(), "answers")?;
    eventually("the key is set", || Ok(value(b, &topic, "max.message.bytes")?.0 == "2000"))?;
    equal("604800000".to_string(), value(b, &topic, "retention.ms")?.0, "retention.ms")
}

fn delete_records(b: &Broker) -> Outcome {
    let topic = b.topic(1)?;
    produce(&topic, 1, "v", 50)?;
    let delete_to = |offset| -> Outcome<Offset> {
        let mut to = TopicPartitionList::new();
        to.add_partition_offset(&topic, 0, offset)?;
        let deleted = block_on(b.admin.delete_records(&to, &options()))?;
        let elements = deleted.elements();
        elements[0].error()?;
        Ok(elements[0].offset())
    };
    equal(Offset::Offset(20), delete_to(Offset::Offset(20))?, "low watermark")?;
    equal(20, read_all(&topic, 1, 30)?[0].offset(), "first offset read")?;
    fails(RDKafkaErrorCode::OffsetOutOfRange, delete_to(Offset::Offset(51)).map(drop))?;
    equal(Offset::Offset(50), delete_to(Offset::End)?, "low watermark after all is deleted")
}

fn describe_groups(b: &Broker) -> Outcome {
    let (topic, group) = (b.topic(2)?, b.names.name("group"));
    let member = Member::join(&group, &topic, &Values::default(), &[])?;
    eventually("joined", || Ok(member.held().len() == 2))?;
    let client: &rdkafka::client::Client<DefaultClientContext> = b.admin.inner();
    let listed = client.fetch_group_list(Some(&group), TIMEOUT)?;
    let described = &listed.groups()[0];
    equal("Stable", described.state(), "state")?;
    equal(("consumer", "range"), (described.protocol_type(), described.protocol()), "protocol")?;
    equal(1, described.members().len(), "members")?;
    let host = described.members()[0].client_host();
    is_true(host.contains("127.0.0.1"), format!("host {host}"))?;
    fails(RDKafkaErrorCode::NonEmptyGroup, remove(b, &group))?;
    member.leave()?;
    eventually("the group is empty", || {
        Ok(client.fetch_group_list(Some(&group), TIMEOUT)?.groups()[0].state() == "Empty")
    })
}

fn remove(b: &Broker, group: &str) -> Outcome {
    only(block_on(b.admin.delete_groups(&[group], &options()))?)
}

fn delete_group(b: &Broker) -> Outcome {
    let (topic, group, values) = (b.topic(1)?, b.names.name("group"), Values::default());
    produce(&topic, 1, "v", 5)?;
    let member = Member::join(&group, &topic, &values, &[])?;
    eventually("5 records", || Ok(values.count() == 5))?;
    member.leave()?;
    remove(b, &group)?;
    fails(RDKafkaErrorCode::GroupIdNotFound, remove(b, &group))
}
