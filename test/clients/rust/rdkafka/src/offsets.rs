//! Positions: seeking, offsets by time, lag.

use std::time::Duration;

use checks::{Checks, Outcome, Sample, equal, time_of};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::types::RDKafkaErrorCode;
use rdkafka::{Message, Offset, TopicPartitionList};

use crate::broker::{Broker, Sending, TIMEOUT, consumer_config, fails, poll, reader, text, text_sample};

pub fn run(b: &Broker, checks: &mut Checks) {
    let mut topic = String::new();
    checks.check("seek to beginning, end and offset", || {
        topic = filled(b)?;
        seek(&topic)
    });
    checks.check("seek to a timestamp", || seek_to_time(&topic));
    checks.check("seek out of range", || out_of_range(&topic));
    checks.check("consumer lag", || lag(&topic));
    checks.skip("list offsets", "the client lists earliest and latest only, which the lag asks for");
    checks.skip("offset for leader epoch", "the client has no such call; its consumer uses it inside");
}

/// A topic of 100 records, 1 s apart, the one at offset 60 being the newest by time.
fn filled(b: &Broker) -> Outcome<String> {
    let topic = b.topic(1)?;
    let mut sending = Sending::new(&[])?;
    for i in 0..100 {
        sending.send(&topic, Some(0), &Sample { timestamp_ms: time_of(i), ..text_sample(&format!("v-{i}")) })?;
    }
    sending.places()?;
    Ok(topic)
}

fn seek(topic: &str) -> Outcome {
    let consumer = reader(topic, 1, Offset::Beginning)?;
    equal("v-0".to_string(), text(&poll(&consumer, 1)?[0]), "first value")?;
    consumer.seek(topic, 0, Offset::Offset(42), TIMEOUT)?;
    equal("v-42".to_string(), text(&poll(&consumer, 1)?[0]), "value at 42")?;
    consumer.seek(topic, 0, Offset::End, TIMEOUT)?;
    equal(true, consumer.poll(Duration::from_millis(300)).is_none(), "nothing at the end")?;
    let tail = reader(topic, 1, Offset::OffsetTail(5))?;
    equal("v-95".to_string(), text(&poll(&tail, 1)?[0]), "five before the end")
}

fn seek_to_time(topic: &str) -> Outcome {
    let consumer: BaseConsumer = consumer_config("unused").create()?;
    let by_time = |timestamp_ms| -> Outcome<Offset> {
        let mut asked = TopicPartitionList::new();
        asked.add_partition_offset(topic, 0, Offset::Offset(timestamp_ms))?;
        Ok(consumer.offsets_for_times(asked, TIMEOUT)?.elements()[0].offset())
    };
    equal(Offset::Offset(31), by_time(checks::START_MS + 30_500)?, "offset by time")?;
    equal(Offset::Offset(0), by_time(0)?, "offset of time 0")?;
    equal(Offset::End, by_time(checks::START_MS + 2_000_000)?, "a time to come")?;
    equal("v-31".to_string(), text(&poll(&reader(topic, 1, Offset::Offset(31))?, 1)?[0]), "value there")
}

fn out_of_range(topic: &str) -> Outcome {
    equal("v-0".to_string(), text(&poll(&reader(topic, 1, Offset::Offset(5000))?, 1)?[0]), "the earliest")?;
    let mut config = consumer_config("unused");
    let consumer: BaseConsumer = config.set("auto.offset.reset", "error").create()?;
    let mut assignment = TopicPartitionList::new();
    assignment.add_partition_offset(topic, 0, Offset::Offset(5000))?;
    consumer.assign(&assignment)?;
    fails(RDKafkaErrorCode::AutoOffsetReset, poll(&consumer, 1).map(drop))
}

fn lag(topic: &str) -> Outcome {
    let consumer = reader(topic, 1, Offset::Offset(20))?;
    let last = poll(&consumer, 1)?[0].offset();
    equal((0, 100), consumer.fetch_watermarks(topic, 0, TIMEOUT)?, "watermarks")?;
    equal(Offset::Offset(last + 1), consumer.position()?.elements()[0].offset(), "position")
}
