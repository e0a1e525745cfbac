//! Runs rskafka against the broker at BOOTSTRAP (HOST:PORT). QUICK=1 makes a short run. This client reads and writes
//! partitions; groups, configs and administration beyond topics are not its business.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use checks::{Checks, Names, Outcome, Sample, equal, eventually, is_true, quick, samples, time_of};
use chrono::{DateTime, Utc};
use rskafka::client::error::{Error, ProtocolError};
use rskafka::client::partition::{Compression, OffsetAt, PartitionClient, UnknownTopicHandling};
use rskafka::client::{Client, ClientBuilder};
use rskafka::record::{Record, RecordAndOffset};
use tokio::runtime::Runtime;

const TIMEOUT_MS: i32 = 10_000;

struct Broker {
    runtime: Runtime,
    client: Client,
    names: Names,
}

fn main() {
    let runtime = Runtime::new().expect("a runtime");
    let builder = ClientBuilder::new(vec![checks::bootstrap()]).max_message_size(16 * 1024 * 1024);
    let client = runtime.block_on(builder.build()).expect("the broker answers");
    let broker = &Broker { runtime, client, names: Names::new("rskafka") };
    let mut checks = Checks::default();
    topic_checks(broker, &mut checks);
    record_checks(broker, &mut checks);
    offset_checks(broker, &mut checks);
    for name in ["group of two", "commit with metadata", "list and describe groups", "delete group"] {
        checks.skip(name, "the client has no groups");
    }
    for name in ["describe configs", "alter configs, incremental", "create partitions", "describe cluster"] {
        checks.skip(name, "the client has no such call");
    }
    checks.skip("idempotent producer", "the client has none; acks are all, always");
    checks.check("remove the topics", || broker.remove_topics());
    checks.finish();
}

impl Broker {
    fn topic(&self, partitions: i32) -> Outcome<String> {
        let topic = self.names.name("topic");
        self.create(&topic, partitions, 1)?;
        Ok(topic)
    }

    fn create(&self, topic: &str, partitions: i32, replicas: i16) -> Result<(), Error> {
        let controller = self.client.controller_client()?;
        self.runtime.block_on(controller.create_topic(topic, partitions, replicas, TIMEOUT_MS))
    }

    fn delete(&self, topic: &str) -> Result<(), Error> {
        let controller = self.client.controller_client()?;
        self.runtime.block_on(controller.delete_topic(topic, TIMEOUT_MS))
    }

    fn partitions(&self, topic: &str) -> Outcome<Option<BTreeSet<i32>>> {
        let listed = self.runtime.block_on(self.client.list_topics())?;
        Ok(listed.into_iter().find(|each| each.name == topic).map(|each| each.partitions))
    }

    fn partition(&self, topic: &str, partition: i32) -> Outcome<PartitionClient> {
        let asked = self.client.partition_client(topic, partition, UnknownTopicHandling::Retry);
        Ok(self.runtime.block_on(asked)?)
    }

    fn send(&self, to: &PartitionClient, records: Vec<Record>, codec: Compression) -> Result<Vec<i64>, Error> {
        self.runtime.block_on(to.produce(records, codec))
    }

    fn read(&self, from: &PartitionClient, start: i64, count: usize) -> Outcome<Vec<RecordAndOffset>> {
        let mut read: Vec<RecordAndOffset> = Vec::new();
        let mut offset = start;
        eventually(&format!("{count} records"), || {
            let (records, _) = self.runtime.block_on(from.fetch_records(offset, 1..4_000_000, 100))?;
            offset = records.last().map_or(offset, |last| last.offset + 1);
            read.extend(records);
            Ok(read.len() >= count)
        })?;
        Ok(read)
    }

    fn remove_topics(&self) -> Outcome {
        for topic in self.runtime.block_on(self.client.list_topics())? {
            if self.names.is_own(&topic.name) {
                self.delete(&topic.name)?;
            }
        }
        Ok(())
    }
}

fn fails<T>(expected: ProtocolError, result: Result<T, Error>) -> Outcome {
    match result {
        Ok(_) => Err(format!("expected {expected:?}, got no error").into()),
        Err(Error::ServerError { protocol_error, .. }) => equal(expected, protocol_error, "error"),
        Err(other) => Err(format!("expected {expected:?}, got {other}").into()),
    }
}

fn topic_checks(b: &Broker, checks: &mut Checks) {
    let topic = b.names.name("topic");
    checks.check("create topic", || {
        b.create(&topic, 3, 1)?;
        equal(Some(BTreeSet::from([0, 1, 2])), b.partitions(&topic)?, "partitions")
    });
    checks.check("create topic again", || fails(ProtocolError::TopicAlreadyExists, b.create(&topic, 3, 1)));
    checks.check("create topic, refused", || {
        fails(ProtocolError::InvalidTopicException, b.create("no/slash", 1, 1))?;
        fails(ProtocolError::InvalidPartitions, b.create(&b.names.name("none"), 0, 1))?;
        fails(ProtocolError::InvalidReplicationFactor, b.create(&b.names.name("many"), 1, 3))
    });
    checks.check("delete topic", || {
        b.delete(&topic)?;
        eventually("the topic is gone", || Ok(b.partitions(&topic)?.is_none()))?;
        fails(ProtocolError::UnknownTopicOrPartition, b.delete(&topic))?;
        b.create(&topic, 1, 1)?;
        let partition = b.partition(&topic, 0)?;
        let offsets = b.send(&partition, vec![text_record("new")], Compression::NoCompression)?;
        equal(vec![0], offsets, "first offset of the topic made anew")
    });
}

fn record_checks(b: &Broker, checks: &mut Checks) {
    for (name, codec) in [
        ("none", Compression::NoCompression),
        ("gzip", Compression::Gzip),
        ("snappy", Compression::Snappy),
        ("lz4", Compression::Lz4),
        ("zstd", Compression::Zstd),
    ] {
        checks.check(&format!("round trip {name}"), || round_trip(b, codec));
    }
    checks.check("acks all", || acknowledged(b));
    checks.check("large record", || {
        let partition = b.partition(&b.topic(1)?, 0)?;
        let value: Vec<u8> = (0..900_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let record = Record { value: Some(value.clone()), ..text_record("") };
        b.send(&partition, vec![record], Compression::NoCompression)?;
        is_true(b.read(&partition, 0, 1)?[0].record.value == Some(value), "the same bytes")
    });
    checks.check("10,000 records in order", || {
        let partition = b.partition(&b.topic(1)?, 0)?;
        for start in (0..10_000).step_by(500) {
            let records = (start..start + 500).map(|i| text_record(&format!("v-{i}"))).collect();
            b.send(&partition, records, Compression::Lz4)?;
        }
        for (i, read) in b.read(&partition, 0, 10_000)?.iter().enumerate() {
            equal((i as i64, format!("v-{i}")), (read.offset, text(read)), "record")?;
        }
        Ok(())
    });
    checks.check("record over max.message.bytes", || {
        let partition = b.partition(&b.topic(1)?, 0)?;
        let record = Record { value: Some(vec![0; 1_200_000]), ..text_record("") };
        let sent = b.send(&partition, vec![record], Compression::NoCompression);
        fails(ProtocolError::MessageTooLarge, sent)?;
        b.send(&partition, vec![text_record("small")], Compression::NoCompression)?;
        equal("small".to_string(), text(&b.read(&partition, 0, 1)?[0]), "what was kept")
    });
}

/// The client's headers are a map of values: no name twice, no null.
fn record_of(sample: &Sample) -> Record {
    let values = sample.headers.iter().filter_map(|(key, value)| Some((key.clone(), value.clone()?)));
    Record {
        key: sample.key.clone(),
        value: sample.value.clone(),
        headers: BTreeMap::from_iter(values),
        timestamp: time(sample.timestamp_ms),
    }
}

fn text_record(value: &str) -> Record {
    let value = Some(value.as_bytes().to_vec());
    Record { key: None, value, headers: BTreeMap::new(), timestamp: time(checks::START_MS) }
}

fn text(read: &RecordAndOffset) -> String {
    String::from_utf8_lossy(read.record.value.as_deref().unwrap_or_default()).into_owned()
}

fn time(timestamp_ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(timestamp_ms).expect("a time of our days")
}

fn round_trip(b: &Broker, codec: Compression) -> Outcome {
    let partition = b.partition(&b.topic(1)?, 0)?;
    let sent: Vec<Record> = samples(if quick() { 60 } else { 600 }).iter().map(record_of).collect();
    let mut offsets = Vec::new();
    for part in sent.chunks(50) {
        offsets.extend(b.send(&partition, part.to_vec(), codec)?);
    }
    equal((0..sent.len() as i64).collect(), offsets, "acknowledged offsets")?;
    let read = b.read(&partition, 0, sent.len())?;
    equal(sent, read.into_iter().map(|each| each.record).collect(), "records")
}

fn acknowledged(b: &Broker) -> Outcome {
    let partition = b.partition(&b.topic(1)?, 0)?;
    let count = if quick() { 200 } else { 2000 };
    for i in 0..count {
        let offsets = b.send(&partition, vec![text_record(&format!("v-{i}"))], Compression::NoCompression)?;
        equal(vec![i], offsets, "acknowledged offset")?;
    }
    let read = b.read(&partition, 0, count as usize)?;
    equal((0..count).map(|i| format!("v-{i}")).collect(), read.iter().map(text).collect::<Vec<_>>(), "values")
}

fn offset_checks(b: &Broker, checks: &mut Checks) {
    let filled = || -> Outcome<PartitionClient> {
        let partition = b.partition(&b.topic(1)?, 0)?;
        let record = |i: i64| Record { timestamp: time(time_of(i)), ..text_record(&format!("v-{i}")) };
        // One batch a record, so that each has a time of its own in the index too.
        for i in 0..100 {
            b.send(&partition, vec![record(i)], Compression::NoCompression)?;
        }
        Ok(partition)
    };
    let at = |partition: &PartitionClient, at| b.runtime.block_on(partition.get_offset(at));
    checks.check("seek to beginning, end and offset", || {
        let partition = filled()?;
        for start in [0, 42, 99] {
            equal(format!("v-{start}"), text(&b.read(&partition, start, 1)?[0]), "value")?;
        }
        let fetching = partition.fetch_records(100, 1..1000, 300);
        let (records, high_watermark) = b.runtime.block_on(fetching)?;
        equal((0, 100), (records.len(), high_watermark), "records at the end, high watermark")
    });
    checks.check("seek out of range", || {
        let partition = filled()?;
        let fetching = partition.fetch_records(5000, 1..1000, 300);
        fails(ProtocolError::OffsetOutOfRange, b.runtime.block_on(fetching))
    });
    checks.check("list offsets", || {
        let partition = filled()?;
        equal(0, at(&partition, OffsetAt::Earliest)?, "earliest")?;
        equal(100, at(&partition, OffsetAt::Latest)?, "latest")?;
        let timestamp = time(checks::START_MS + 30_001);
        equal(31, at(&partition, OffsetAt::Timestamp(timestamp))?, "by time")?;
        let coming = time(checks::START_MS + 2_000_000);
        equal(-1, at(&partition, OffsetAt::Timestamp(coming))?, "by a time to come")
    });
    checks.check("delete records", || {
        let partition = filled()?;
        b.runtime.block_on(partition.delete_records(20, TIMEOUT_MS))?;
        equal(20, at(&partition, OffsetAt::Earliest)?, "earliest")?;
        equal(20, b.read(&partition, 20, 80)?[0].offset, "first offset read")?;
        let fetching = partition.fetch_records(0, 1..1000, 300);
        fails(ProtocolError::OffsetOutOfRange, b.runtime.block_on(fetching))?;
        let deleting = partition.delete_records(101, TIMEOUT_MS);
        fails(ProtocolError::OffsetOutOfRange, b.runtime.block_on(deleting))
    });
    checks.check("a fetch waits for what comes", || {
        let partition = filled()?;
        let (fetched, sent) = b.runtime.block_on(async {
            let later = async {
                tokio::time::sleep(Duration::from_millis(200)).await;
                partition.produce(vec![text_record("late")], Compression::NoCompression).await
            };
            // Another connection: a broker answers one after the other.
            let other = b.client.partition_client(partition.topic(), 0, UnknownTopicHandling::Retry);
            let other = other.await.expect("the partition is there");
            tokio::join!(other.fetch_records(100, 1..1000, 10_000), later)
        });
        sent?;
        equal("late".to_string(), text(&fetched?.0[0]), "value")
    });
}
