//! Groups: shared work, rebalances, committed offsets, cooperative and static members.

use std::thread::sleep;
use std::time::{Duration, Instant};

use checks::{Checks, Outcome, equal, eventually, is_true, quick};
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::types::RDKafkaErrorCode;
use rdkafka::{Message, Offset, TopicPartitionList};

use crate::broker::{Broker, Sending, TIMEOUT, consumer_config, fails, poll, produce, text_sample};
use crate::member::{Member, Values, shared};

const COOPERATIVE: &[(&str, &str)] = &[("partition.assignment.strategy", "cooperative-sticky")];

pub fn run(b: &Broker, checks: &mut Checks) {
    checks.check("group of two", || group_of_two(b, &[]));
    checks.check("group resumes from committed offsets", || resume(b));
    checks.check("group rebalances under load", || under_load(b));
    checks.check("cooperative group", || cooperative(b));
    checks.check("static member", || static_member(b));
    checks.check("group with unlike protocols", || unlike(b));
    checks.check("commit with metadata", || commit_with_metadata(b));
}

fn group_of_two(b: &Broker, settings: &[(&str, &str)]) -> Outcome {
    let (topic, group, values) = (b.topic(3)?, b.names.name("group"), Values::default());
    let first = Member::join(&group, &topic, &values, settings)?;
    eventually("the only member has all partitions", || Ok(first.held().len() == 3))?;
    produce(&topic, 3, "one", 30)?;
    eventually("30 records", || Ok(values.count() >= 30))?;
    let second = Member::join(&group, &topic, &values, settings)?;
    eventually("both have partitions", || shared(&first, &second, 3))?;
    produce(&topic, 3, "two", 30)?;
    eventually("60 records", || Ok(values.count() >= 60))?;
    second.leave()?;
    eventually("the one that stays has all again", || Ok(first.held().len() == 3))?;
    produce(&topic, 3, "three", 30)?;
    eventually("90 records", || Ok(values.count() >= 90))?;
    first.leave()?;
    equal((90, 90), (values.count(), values.distinct()), "records read, different ones")
}

fn resume(b: &Broker) -> Outcome {
    let (topic, group, before) = (b.topic(3)?, b.names.name("group"), Values::default());
    produce(&topic, 3, "before", 30)?;
    let one = Member::join(&group, &topic, &before, &[])?;
    eventually("30 records", || Ok(before.count() >= 30))?;
    one.leave()?;
    produce(&topic, 3, "after", 30)?;
    let after = Values::default();
    let again = Member::join(&group, &topic, &after, &[])?;
    eventually("30 more", || Ok(after.count() >= 30))?;
    again.leave()?;
    is_true(after.all().iter().all(|value| value.starts_with("after-")), "only new records are read")
}

/// Members come and go while records arrive: each is read once, since members commit before they let go.
fn under_load(b: &Broker) -> Outcome {
    let (topic, group, values) = (b.topic(6)?, b.names.name("group"), Values::default());
    let count: usize = if quick() { 300 } else { 1500 };
    let mut sending = Sending::new(&[])?;
    let first = Member::join(&group, &topic, &values, &[])?;
    let mut second: Option<Member> = None;
    for i in 0..count {
        sending.send(&topic, Some(i as i32 % 6), &text_sample(&format!("v-{i}")))?;
        if i % (count / 6) == count / 12 {
            match second.take() {
                Some(member) => member.leave()?,
                None => second = Some(Member::join(&group, &topic, &values, &[])?),
            }
        }
        sleep(Duration::from_millis(3));
    }
    sending.places()?;
    eventually(&format!("{count} records"), || Ok(values.distinct() == count))?;
    if let Some(member) = second {
        member.leave()?;
    }
    first.leave()?;
    equal(count, values.count(), "reads")
}

/// A member that joins takes over some partitions; the others are never taken from their reader.
fn cooperative(b: &Broker) -> Outcome {
    group_of_two(b, COOPERATIVE)?;
    let (topic, group, values) = (b.topic(4)?, b.names.name("group"), Values::default());
    let first = Member::join(&group, &topic, &values, COOPERATIVE)?;
    eventually("the only member has all partitions", || Ok(first.held().len() == 4))?;
    let second = Member::join(&group, &topic, &values, COOPERATIVE)?;
    eventually("both have partitions", || shared(&first, &second, 4))?;
    equal((2, 1), (first.held().len(), first.revocations()), "partitions kept, revocations")?;
    second.leave()?;
    eventually("the one that stays has all again", || Ok(first.held().len() == 4))?;
    equal(1, first.revocations(), "revocations at the first member")?;
    first.leave()
}

/// One that comes back within its session gets its partitions back and disturbs nobody.
fn static_member(b: &Broker) -> Outcome {
    let (topic, group, values) = (b.topic(4)?, b.names.name("group"), Values::default());
    let join = |instance| {
        let settings = [("group.instance.id", instance), ("session.timeout.ms", "20000")];
        Member::join(&group, &topic, &values, &settings)
    };
    let (first, second) = (join("one")?, join("two")?);
    eventually("both have partitions", || shared(&first, &second, 4))?;
    let (revocations, held) = (first.revocations(), second.held());
    second.leave()?;
    let again = join("two")?;
    eventually("the same partitions again", || Ok(again.held() == held))?;
    produce(&topic, 4, "v", 40)?;
    eventually("40 records", || Ok(values.count() >= 40))?;
    equal(revocations, first.revocations(), "revocations at the other member")?;
    again.leave()?;
    first.leave()?;
    equal(40, values.count(), "records read")
}

fn unlike(b: &Broker) -> Outcome {
    let (topic, group, values) = (b.topic(1)?, b.names.name("group"), Values::default());
    let one = Member::join(&group, &topic, &values, &[])?;
    eventually("joined", || Ok(one.held().len() == 1))?;
    let mut config = consumer_config(&group);
    let other: BaseConsumer = config.set(COOPERATIVE[0].0, COOPERATIVE[0].1).create()?;
    other.subscribe(&[&topic])?;
    let end = Instant::now() + Duration::from_secs(10);
    let refused = || -> Outcome {
        while Instant::now() < end {
            if let Some(message) = other.poll(Duration::from_millis(100)) {
                message?;
            }
        }
        Ok(())
    };
    fails(RDKafkaErrorCode::InconsistentGroupProtocol, refused())?;
    one.leave()
}

fn commit_with_metadata(b: &Broker) -> Outcome {
    let (topic, group) = (b.topic(2)?, b.names.name("group"));
    produce(&topic, 2, "v", 20)?;
    let assigned = |offset| -> Outcome<BaseConsumer> {
        let consumer: BaseConsumer = consumer_config(&group).create()?;
        let mut assignment = TopicPartitionList::new();
        assignment.add_partition_offset(&topic, 0, offset)?;
        consumer.assign(&assignment)?;
        Ok(consumer)
    };
    let consumer = assigned(Offset::Beginning)?;
    equal(10, poll(&consumer, 10)?.len(), "records")?;
    let mut offsets = TopicPartitionList::new();
    let mut place = offsets.add_partition(&topic, 0);
    place.set_offset(Offset::Offset(4))?;
    place.set_metadata("half way ✓");
    consumer.commit(&offsets, CommitMode::Sync)?;
    let mut asked = TopicPartitionList::new();
    asked.add_partition_range(&topic, 0, 1);
    let committed = consumer.committed_offsets(asked, TIMEOUT)?;
    let [one, none] = &committed.elements()[..] else { return Err("two answers".into()) };
    equal((Offset::Offset(4), "half way ✓"), (one.offset(), one.metadata()), "committed")?;
    equal(Offset::Invalid, none.offset(), "the other partition's")?;
    drop(consumer);
    equal(4, poll(&assigned(Offset::Stored)?, 6)?[0].offset(), "the first offset read after a restart")
}
