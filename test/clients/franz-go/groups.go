package main

import (
	"context"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// groupChecks: shared work, rebalances, committed offsets, cooperative and static members.
func groupChecks(b *broker, c *checks) {
	c.check("group of two", func(ctx context.Context) { groupOfTwo(ctx, b) })
	c.check("group resumes from committed offsets", func(ctx context.Context) { resume(ctx, b) })
	c.check("group rebalances under load", func(ctx context.Context) { underLoad(ctx, b) })
	c.check("cooperative group", func(ctx context.Context) { cooperative(ctx, b) })
	c.check("static member", func(ctx context.Context) { staticMember(ctx, b) })
	c.check("group with unlike protocols", func(ctx context.Context) { unlike(ctx, b) })
	c.check("commit with metadata", func(ctx context.Context) { commitWithMetadata(ctx, b) })
}

func groupOfTwo(ctx context.Context, b *broker, options ...kgo.Opt) {
	topic, group, read := b.topic(ctx, 3, nil), b.name("group"), &values{}
	first := b.join(group, topic, read, options...)
	eventually("the only member has all partitions", func() bool { return len(first.held()) == 3 })
	b.produce(ctx, topic, 3, "one", 30)
	eventually("30 records", func() bool { return read.count() >= 30 })
	second := b.join(group, topic, read, options...)
	eventually("both have partitions", func() bool { return shared(first, second, 3) })
	b.produce(ctx, topic, 3, "two", 30)
	eventually("60 records", func() bool { return read.count() >= 60 })
	second.leave()
	eventually("the one that stays has all again", func() bool { return len(first.held()) == 3 })
	b.produce(ctx, topic, 3, "three", 30)
	eventually("90 records", func() bool { return read.count() >= 90 })
	first.leave()
	equal(90, read.count(), "records read")
	equal(90, read.distinct(), "different records read")
}

func resume(ctx context.Context, b *broker) {
	topic, group := b.topic(ctx, 3, nil), b.name("group")
	b.produce(ctx, topic, 3, "before", 30)
	read := &values{}
	one := b.join(group, topic, read)
	eventually("30 records", func() bool { return read.count() >= 30 })
	one.leave()
	b.produce(ctx, topic, 3, "after", 30)
	readAgain := &values{}
	again := b.join(group, topic, readAgain)
	eventually("30 more", func() bool { return readAgain.count() >= 30 })
	again.leave()
	for _, value := range readAgain.all {
		isTrue(strings.HasPrefix(value, "after-"), "only new records are read, not "+value)
	}
}

// underLoad: members come and go while records arrive: each is read once, since members commit before they let go.
func underLoad(ctx context.Context, b *broker) {
	topic, group, read := b.topic(ctx, 6, nil), b.name("group"), &values{}
	count := 1500
	if b.quick {
		count = 300
	}
	producer := b.newClient(kgo.RecordPartitioner(kgo.ManualPartitioner()))
	defer producer.Close()
	first := b.join(group, topic, read)
	var second *member
	for i := range count {
		record := &kgo.Record{Topic: topic, Partition: int32(i % 6), Value: []byte("v-" + strconv.Itoa(i))}
		producer.Produce(ctx, record, nil)
		if i%(count/6) == count/12 {
			if second == nil {
				second = b.join(group, topic, read)
			} else {
				second.leave()
				second = nil
			}
		}
		time.Sleep(3 * time.Millisecond)
	}
	ok(producer.Flush(ctx))
	eventually(strconv.Itoa(count)+" records", func() bool { return read.distinct() == count })
	if second != nil {
		second.leave()
	}
	first.leave()
	equal(count, read.count(), "reads")
}

// cooperative: a member that joins takes over some partitions; the others are never taken from their reader.
func cooperative(ctx context.Context, b *broker) {
	sticky := kgo.Balancers(kgo.CooperativeStickyBalancer())
	groupOfTwo(ctx, b, sticky)
	topic, group, read := b.topic(ctx, 4, nil), b.name("group"), &values{}
	first := b.join(group, topic, read, sticky)
	eventually("the only member has all partitions", func() bool { return len(first.held()) == 4 })
	second := b.join(group, topic, read, sticky)
	eventually("both have partitions", func() bool { return shared(first, second, 4) })
	equal(2, len(first.held()), "partitions kept")
	equal(1, first.revoked(), "revocations at the first member")
	second.leave()
	eventually("the one that stays has all again", func() bool { return len(first.held()) == 4 })
	equal(1, first.revoked(), "revocations at the first member")
	first.leave()
}

// staticMember: one that comes back within its session gets its partitions back and disturbs nobody.
func staticMember(ctx context.Context, b *broker) {
	topic, group, read := b.topic(ctx, 4, nil), b.name("group"), &values{}
	join := func(instance string) *member {
		return b.join(group, topic, read, kgo.InstanceID(instance), kgo.SessionTimeout(20*time.Second))
	}
	first, second := join("one"), join("two")
	eventually("both have partitions", func() bool { return shared(first, second, 4) })
	revocations, held := first.revoked(), second.held()
	second.leave()
	again := join("two")
	eventually("the same partitions again", func() bool { return maps.Equal(held, again.held()) })
	b.produce(ctx, topic, 4, "v", 40)
	eventually("40 records", func() bool { return read.count() >= 40 })
	equal(revocations, first.revoked(), "revocations at the other member")
	equal(40, read.count(), "records read")
	again.leave()
	leave := b.admin.LeaveGroup
	left := must(leave(ctx, kadm.LeaveGroup(group).InstanceIDs("two").Reason("the check is over")))
	ok(left.Error())
	eventually("the one that stays has all", func() bool { return len(first.held()) == 4 })
	first.leave()
}

func unlike(ctx context.Context, b *broker) {
	topic, group, read := b.topic(ctx, 1, nil), b.name("group"), &values{}
	one := b.join(group, topic, read)
	eventually("joined", func() bool { return len(one.held()) == 1 })
	other := b.join(group, topic, read, kgo.Balancers(kgo.RoundRobinBalancer()))
	eventually("the other one is refused", func() bool { return other.err() != nil })
	failsWith(kerr.InconsistentGroupProtocol, other.err())
	other.abandon()
	one.leave()
}

func commitWithMetadata(ctx context.Context, b *broker) {
	topic, group, read := b.topic(ctx, 2, nil), b.name("group"), &values{}
	b.produce(ctx, topic, 2, "v", 20)
	offsets := kadm.Offsets{}
	offsets.Add(kadm.Offset{Topic: topic, Partition: 0, At: 4, LeaderEpoch: 0, Metadata: "half way ✓"})
	ok(b.admin.CommitAllOffsets(ctx, group, offsets))
	fetched := must(b.admin.FetchOffsets(ctx, group))
	committed, _ := fetched.Lookup(topic, 0)
	equal(4, committed.At, "committed offset")
	equal("half way ✓", committed.Metadata, "metadata")
	_, other := fetched.Lookup(topic, 1)
	equal(false, other, "an offset for the other partition")
	one := b.join(group, topic, read)
	eventually("16 records", func() bool { return read.count() >= 16 })
	one.leave()
	equal(16, read.count(), "records read from the committed offset on")
}
