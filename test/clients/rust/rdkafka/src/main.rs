//! Runs rdkafka (librdkafka from Rust) against the broker at BOOTSTRAP (HOST:PORT). QUICK=1 makes a short run.

mod broker;
mod cluster;
mod groups;
mod member;
mod offsets;
mod records;
mod topics;

use broker::Broker;
use checks::Checks;

fn main() {
    let broker = &Broker::new();
    let mut checks = Checks::default();
    topics::run(broker, &mut checks);
    records::run(broker, &mut checks);
    groups::run(broker, &mut checks);
    offsets::run(broker, &mut checks);
    cluster::run(broker, &mut checks);
    checks.check("remove the topics", || broker.remove_topics());
    checks.finish();
}
