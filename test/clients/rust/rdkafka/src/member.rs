//! One consumer of a group on a thread of its own. It commits after each record, before it gives partitions up.

use std::collections::{BTreeSet, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

use checks::Outcome;
use rdkafka::client::ClientContext;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer, ConsumerContext, Rebalance};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::Message;

use crate::broker::consumer_config;

/// What the members of a group read, in the order of reading.
#[derive(Clone, Default)]
pub struct Values(Arc<Mutex<Vec<String>>>);

impl Values {
    pub fn all(&self) -> Vec<String> {
        self.0.lock().expect("no panic").clone()
    }

    pub fn count(&self) -> usize {
        self.all().len()
    }

    pub fn distinct(&self) -> usize {
        self.all().into_iter().collect::<HashSet<_>>().len()
    }
}

#[derive(Default)]
struct State {
    held: BTreeSet<i32>,
    revocations: usize,
    failure: Option<KafkaError>,
}

#[derive(Clone, Default)]
struct Watch(Arc<Mutex<State>>);

impl ClientContext for Watch {}

impl ConsumerContext for Watch {
    fn pre_rebalance(&self, consumer: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        let Rebalance::Revoke(partitions) = rebalance else { return };
        if partitions.count() > 0 && !consumer.assignment_lost() {
            self.0.lock().expect("no panic").revocations += 1;
        }
        let mut state = self.0.lock().expect("no panic");
        for partition in partitions.elements() {
            state.held.remove(&partition.partition());
        }
    }

    fn post_rebalance(&self, _: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        let mut state = self.0.lock().expect("no panic");
        match rebalance {
            Rebalance::Assign(partitions) => {
                state.held.extend(partitions.elements().iter().map(|partition| partition.partition()));
            }
            Rebalance::Error(error) => state.failure = Some(error.clone()),
            Rebalance::Revoke(_) => {}
        }
    }
}

pub struct Member {
    watch: Watch,
    closing: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Member {
    pub fn join(group: &str, topic: &str, values: &Values, settings: &[(&str, &str)]) -> Outcome<Self> {
        let (watch, closing) = (Watch::default(), Arc::new(AtomicBool::new(false)));
        let mut config = consumer_config(group);
        for (key, value) in settings {
            config.set(*key, *value);
        }
        let consumer: BaseConsumer<Watch> = config.create_with_context(watch.clone())?;
        consumer.subscribe(&[topic])?;
        let thread = spawn({
            let (watch, closing, values) = (watch.clone(), closing.clone(), values.clone());
            move || {
                while !closing.load(Ordering::Relaxed) {
                    if let Err(error) = read_one(&consumer, &values) {
                        watch.0.lock().expect("no panic").failure = Some(error);
                        break;
                    }
                }
            }
        });
        Ok(Self { watch, closing, thread: Some(thread) })
    }

    /// Partitions held now.
    pub fn held(&self) -> BTreeSet<i32> {
        self.watch.0.lock().expect("no panic").held.clone()
    }

    /// How often partitions were taken away.
    pub fn revocations(&self) -> usize {
        self.watch.0.lock().expect("no panic").revocations
    }

    pub fn failure(&self) -> Option<KafkaError> {
        self.watch.0.lock().expect("no panic").failure.clone()
    }

    /// Leaves the group; a static member stays in it until its session ends.
    pub fn leave(mut self) -> Outcome {
        self.end();
        self.failure().map_or(Ok(()), |error| Err(error.into()))
    }

    fn end(&mut self) {
        self.closing.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().expect("no panic");
        }
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.end();
    }
}

fn read_one(consumer: &BaseConsumer<Watch>, values: &Values) -> Result<(), KafkaError> {
    let Some(message) = consumer.poll(Duration::from_millis(50)) else { return Ok(()) };
    let message = message?;
    let value = String::from_utf8_lossy(message.payload().unwrap_or_default()).into_owned();
    values.0.lock().expect("no panic").push(value);
    match consumer.commit_message(&message, CommitMode::Sync) {
        // The generation has not ended: the commit counts when the partitions are given up.
        Err(KafkaError::ConsumerCommit(RDKafkaErrorCode::RebalanceInProgress)) => {
            consumer.commit_message(&message, CommitMode::Async)
        }
        other => other,
    }
}

/// Whether two members hold all partitions between them, each one once, and neither is without.
pub fn shared(first: &Member, second: &Member, partitions: usize) -> Outcome<bool> {
    for member in [first, second] {
        if let Some(error) = member.failure() {
            return Err(error.into());
        }
    }
    let (one, two) = (first.held(), second.held());
    let all = one.union(&two).count();
    Ok(!one.is_empty() && !two.is_empty() && one.len() + two.len() == partitions && all == partitions)
}
