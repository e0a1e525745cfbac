//! The broker under test: clients for it, and topics under names that no other check uses.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use checks::{Names, Outcome, Sample, equal, eventually};
use futures_executor::block_on;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::{ClientContext, DefaultClientContext};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, Headers, Message, OwnedHeaders, OwnedMessage};
use rdkafka::producer::{BaseRecord, DeliveryResult, Producer, ProducerContext, ThreadedProducer};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};

pub const TIMEOUT: Duration = Duration::from_secs(15);

pub struct Broker {
    pub admin: AdminClient<DefaultClientContext>,
    pub names: Names,
}

impl Broker {
    pub fn new() -> Self {
        let admin = config().create().expect("an admin client");
        Self { admin, names: Names::new("rdkafka") }
    }

    pub fn topic(&self, partitions: i32) -> Outcome<String> {
        self.topic_with(partitions, &[])
    }

    pub fn topic_with(&self, partitions: i32, configs: &[(&str, &str)]) -> Outcome<String> {
        let topic = self.names.name("topic");
        self.create(&topic, partitions, 1, configs)?;
        // A broker may answer before each partition takes records, and what is sent without acknowledgement is lost
        // till then.
        let client: BaseConsumer = config().create()?;
        eventually("the topic is ready", || {
            Ok((0..partitions).all(|partition| client.fetch_watermarks(&topic, partition, TIMEOUT).is_ok()))
        })?;
        Ok(topic)
    }

    pub fn create(&self, topic: &str, partitions: i32, replicas: i32, configs: &[(&str, &str)]) -> Outcome {
        self.create_or_validate(topic, partitions, replicas, configs, false)
    }

    pub fn create_or_validate(
        &self,
        topic: &str,
        partitions: i32,
        replicas: i32,
        configs: &[(&str, &str)],
        validate_only: bool,
    ) -> Outcome {
        let mut wanted = NewTopic::new(topic, partitions, TopicReplication::Fixed(replicas));
        for (key, value) in configs {
            wanted = wanted.set(key, value);
        }
        let options = options().validate_only(validate_only);
        only(block_on(self.admin.create_topics([&wanted], &options))?)
    }

    pub fn delete(&self, topic: &str) -> Outcome {
        only(block_on(self.admin.delete_topics(&[topic], &options()))?)
    }

    pub fn topic_names(&self) -> Outcome<Vec<String>> {
        let metadata = self.admin.inner().fetch_metadata(None, TIMEOUT)?;
        Ok(metadata.topics().iter().map(|topic| topic.name().to_string()).collect())
    }

    pub fn remove_topics(&self) -> Outcome {
        for topic in self.topic_names()?.iter().filter(|name| self.names.is_own(name)) {
            self.delete(topic)?;
        }
        Ok(())
    }
}

pub fn options() -> AdminOptions {
    AdminOptions::new().operation_timeout(Some(TIMEOUT)).request_timeout(Some(TIMEOUT))
}

/// The only result of a call for one topic or group.
pub fn only(results: Vec<Result<String, (String, RDKafkaErrorCode)>>) -> Outcome {
    match results.into_iter().next() {
        Some(Ok(_)) => Ok(()),
        Some(Err((_, code))) => Err(Box::new(KafkaError::AdminOp(code))),
        None => Err("no result".into()),
    }
}

pub fn fails(expected: RDKafkaErrorCode, outcome: Outcome) -> Outcome {
    let Err(error) = outcome else { return Err(format!("expected {expected:?}, got no error").into()) };
    let code = match error.downcast_ref::<KafkaError>() {
        Some(KafkaError::AdminOp(code)) => Some(*code),
        other => other.and_then(KafkaError::rdkafka_error_code),
    };
    if code.is_none() { Err(error) } else { equal(Some(expected), code, "error") }
}

pub fn config() -> ClientConfig {
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", checks::bootstrap())
        .set("partitioner", "murmur2_random")
        .set("linger.ms", "1")
        // What goes wrong comes back as an error of the check; the log would stand between its lines.
        .set("log_level", "0");
    config
}

/// Hands on what became of each record.
pub struct Deliveries(Sender<Delivery>);

/// The number that was given to the record, and where it is.
type Delivery = (usize, Result<(i32, i64), KafkaError>);

impl ClientContext for Deliveries {}

impl ProducerContext for Deliveries {
    type DeliveryOpaque = Box<usize>;

    fn delivery(&self, result: &DeliveryResult<'_>, number: Box<usize>) {
        let place = match result {
            Ok(message) => Ok((message.partition(), message.offset())),
            Err((error, _)) => Err(error.clone()),
        };
        // Nobody listens any more where a check has failed.
        let _ = self.0.send((*number, place));
    }
}

pub struct Sending {
    producer: ThreadedProducer<Deliveries>,
    deliveries: Receiver<Delivery>,
    sent: usize,
}

impl Sending {
    pub fn new(settings: &[(&str, &str)]) -> Outcome<Self> {
        let (sender, deliveries) = channel();
        let mut config = config();
        for (key, value) in settings {
            config.set(*key, *value);
        }
        Ok(Self { producer: config.create_with_context(Deliveries(sender))?, deliveries, sent: 0 })
    }

    /// Does not wait. @partition None: by key.
    pub fn send(&mut self, topic: &str, partition: Option<i32>, sample: &Sample) -> Outcome {
        let mut record = BaseRecord::with_opaque_to(topic, Box::new(self.sent)).timestamp(sample.timestamp_ms);
        record.partition = partition;
        record.key = sample.key.as_deref();
        record.payload = sample.value.as_deref();
        if !sample.headers.is_empty() {
            record.headers = Some(sample.headers.iter().fold(OwnedHeaders::new(), |headers, (key, value)| {
                headers.insert(Header { key, value: value.as_ref() })
            }));
        }
        self.producer.send(record).map_err(|(error, _)| error)?;
        self.sent += 1;
        Ok(())
    }

    /// Where each record is, by its number in the order of sending. The first that was refused is the error.
    pub fn places(&mut self) -> Outcome<Vec<(i32, i64)>> {
        self.producer.flush(TIMEOUT)?;
        let mut places = vec![(-1, -1); self.sent];
        for _ in 0..self.sent {
            let (number, place) = self.deliveries.recv_timeout(TIMEOUT)?;
            places[number] = place?;
        }
        self.sent = 0;
        Ok(places)
    }
}

pub fn text_sample(value: &str) -> Sample {
    let value = Some(value.as_bytes().to_vec());
    Sample { key: None, value, headers: Vec::new(), timestamp_ms: checks::START_MS }
}

/// Sends "prefix-0", ... over the partitions in turn.
pub fn produce(topic: &str, partitions: i32, prefix: &str, count: i32) -> Outcome {
    let mut sending = Sending::new(&[])?;
    for i in 0..count {
        sending.send(topic, Some(i % partitions), &text_sample(&format!("{prefix}-{i}")))?;
    }
    sending.places()?;
    Ok(())
}

pub fn consumer_config(group: &str) -> ClientConfig {
    let mut config = config();
    config
        .set("group.id", group)
        .set("enable.auto.commit", "false")
        .set("auto.offset.reset", "earliest")
        .set("fetch.wait.max.ms", "50")
        .set("heartbeat.interval.ms", "200")
        .set("session.timeout.ms", "6000")
        .set("partition.assignment.strategy", "range");
    config
}

/// A consumer that reads the partitions of a topic from `start`, without a group.
pub fn reader(topic: &str, partitions: i32, start: Offset) -> Outcome<BaseConsumer> {
    let consumer: BaseConsumer = consumer_config("unused").create()?;
    let mut assignment = TopicPartitionList::new();
    for partition in 0..partitions {
        assignment.add_partition_offset(topic, partition, start)?;
    }
    consumer.assign(&assignment)?;
    Ok(consumer)
}

pub fn poll(consumer: &BaseConsumer, count: usize) -> Outcome<Vec<OwnedMessage>> {
    let end = Instant::now() + TIMEOUT;
    let mut messages = Vec::new();
    while messages.len() < count {
        if Instant::now() > end {
            return Err(format!("read {} of {count} records", messages.len()).into());
        }
        if let Some(message) = consumer.poll(Duration::from_millis(100)) {
            messages.push(message?.detach());
        }
    }
    Ok(messages)
}

pub fn read_all(topic: &str, partitions: i32, count: usize) -> Outcome<Vec<OwnedMessage>> {
    poll(&reader(topic, partitions, Offset::Beginning)?, count)
}

pub fn text(message: &OwnedMessage) -> String {
    String::from_utf8_lossy(message.payload().unwrap_or_default()).into_owned()
}

pub fn sample_of(message: &OwnedMessage) -> Sample {
    let headers = message.headers().map(|headers| {
        headers.iter().map(|header| (header.key.to_string(), header.value.map(<[u8]>::to_vec))).collect()
    });
    Sample {
        key: message.key().map(<[u8]>::to_vec),
        value: message.payload().map(<[u8]>::to_vec),
        headers: headers.unwrap_or_default(),
        timestamp_ms: message.timestamp().to_millis().unwrap_or(-1),
    }
}
