//! What is produced, with every codec, size and kind of acknowledgement, is read back equal.

use std::collections::HashMap;
use std::time::{SystemTime, UNIX_EPOCH};

use checks::{Checks, Outcome, Sample, equal, is_true, partition_of_key, quick, samples};
use rand::RngExt;
use rdkafka::Timestamp;
use rdkafka::message::Message;
use rdkafka::types::RDKafkaErrorCode;

use crate::broker::{Broker, Sending, fails, produce, read_all, sample_of, text, text_sample};

pub fn run(b: &Broker, checks: &mut Checks) {
    for codec in ["none", "gzip", "snappy", "lz4", "zstd"] {
        checks.check(&format!("round trip {codec}"), || round_trip(b, codec));
    }
    checks.check("log append time", || append_time(b));
    for acks in ["0", "1", "all"] {
        checks.check(&format!("acks {acks}"), || acknowledged(b, &[("acks", acks)]));
    }
    checks.check("idempotent producer", || acknowledged(b, &[("enable.idempotence", "true")]));
    checks.check("large record", || large(b));
    checks.check("10,000 records in order", || many(b));
    checks.check("record over max.message.bytes", || too_large(b));
}

fn round_trip(b: &Broker, codec: &str) -> Outcome {
    let topic = b.topic(3)?;
    let sent = samples(if quick() { 60 } else { 600 });
    let mut sending = Sending::new(&[("compression.type", codec)])?;
    for sample in &sent {
        sending.send(&topic, None, sample)?;
    }
    let expected: HashMap<(i32, i64), &Sample> = sending.places()?.into_iter().zip(&sent).collect();
    equal(sent.len(), expected.len(), "acknowledged places")?;
    for message in read_all(&topic, 3, sent.len())? {
        let place = (message.partition(), message.offset());
        equal(expected[&place], &sample_of(&message), &format!("record at {place:?}"))?;
        if let Some(key) = message.key() {
            equal(partition_of_key(key), message.partition(), "partition of its key")?;
        }
    }
    Ok(())
}

fn append_time(b: &Broker) -> Outcome {
    let topic = b.topic_with(1, &[("message.timestamp.type", "LogAppendTime")])?;
    produce(&topic, 1, "now", 1)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis() as i64;
    match read_all(&topic, 1, 1)?[0].timestamp() {
        Timestamp::LogAppendTime(at) => is_true((now - at).abs() < 60_000, "the broker's time"),
        other => Err(format!("expected the time of the append, got {other:?}").into()),
    }
}

fn acknowledged(b: &Broker, settings: &[(&str, &str)]) -> Outcome {
    let topic = b.topic(1)?;
    let count = if quick() { 200 } else { 2000 };
    let mut sending = Sending::new(&[settings, &[("batch.num.messages", "10")]].concat())?;
    for i in 0..count {
        sending.send(&topic, Some(0), &text_sample(&format!("v-{i}")))?;
    }
    let places = sending.places()?;
    if settings != [("acks", "0")] {
        equal((0..count).map(|i| (0, i)).collect(), places, "acknowledged places")?;
    }
    let values: Vec<String> = read_all(&topic, 1, count as usize)?.iter().map(text).collect();
    equal((0..count).map(|i| format!("v-{i}")).collect(), values, "values in order")
}

fn large(b: &Broker) -> Outcome {
    let topic = b.topic(1)?;
    let mut value = vec![0; 900_000];
    rand::rng().fill(&mut value[..]);
    let mut sending = Sending::new(&[])?;
    sending.send(&topic, Some(0), &Sample { value: Some(value.clone()), ..text_sample("") })?;
    sending.places()?;
    is_true(read_all(&topic, 1, 1)?[0].payload() == Some(&value[..]), "the same bytes")
}

fn many(b: &Broker) -> Outcome {
    let topic = b.topic(1)?;
    produce(&topic, 1, "v", 10_000)?;
    for (i, message) in read_all(&topic, 1, 10_000)?.iter().enumerate() {
        equal((i as i64, format!("v-{i}")), (message.offset(), text(message)), "record")?;
    }
    Ok(())
}

fn too_large(b: &Broker) -> Outcome {
    let limited = b.topic_with(1, &[("max.message.bytes", "20000")])?;
    let topic = b.topic(1)?;
    let send = |to: &str, value: Vec<u8>| -> Outcome {
        let mut sending = Sending::new(&[("message.max.bytes", "4000000")])?;
        sending.send(to, Some(0), &Sample { value: Some(value), ..text_sample("") })?;
        sending.places()?;
        Ok(())
    };
    send(&limited, b"first".to_vec())?;
    fails(RDKafkaErrorCode::MessageSizeTooLarge, send(&limited, vec![0; 30_000]))?;
    send(&limited, b"second".to_vec())?;
    fails(RDKafkaErrorCode::MessageSizeTooLarge, send(&topic, vec![0; 1_200_000]))?;
    send(&topic, b"first".to_vec())?;
    let kept: Vec<String> = read_all(&limited, 1, 2)?.iter().map(text).collect();
    equal(vec!["first".to_string(), "second".to_string()], kept, "what was kept")?;
    equal(1, read_all(&topic, 1, 1)?.len(), "what was kept by the broker's own limit")
}
