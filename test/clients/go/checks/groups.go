package checks

import (
	"context"
	"maps"
	"strconv"
	"strings"
	"time"
)

// groupChecks: shared work, rebalances, committed offsets, cooperative and static members.
func (r *runner) groupChecks() {
	r.suite.check("group of two", func(ctx context.Context) { r.groupOfTwo(ctx, Joining{}) })
	r.suite.check("group resumes from committed offsets", r.resume)
	r.suite.check("group rebalances under load", r.underLoad)
	r.suite.check("cooperative group", r.cooperative)
	r.suite.check("static member", r.staticMember)
	r.suite.check("group with unlike protocols", r.unlike)
	r.suite.check("commit with metadata", r.commitWithMetadata)
}

func (r *runner) join(group, topic string, read *Values, how Joining) Member {
	return must(r.client.Join(group, topic, read, how))
}

// leave ends a member that must have had no trouble.
func leave(member Member) {
	member.Leave()
	ok(member.Err())
}

func holds(member Member, count int) func() bool {
	return func() bool {
		ok(member.Err())
		return len(member.Held()) == count
	}
}

func (v *Values) has(count int) func() bool {
	return func() bool { return v.count() >= count }
}

// shared tells whether two members hold all partitions between them, each one once, and neither is without.
func shared(first, second Member, partitions int) func() bool {
	return func() bool {
		ok(first.Err())
		ok(second.Err())
		one, two := first.Held(), second.Held()
		all := maps.Clone(one)
		maps.Copy(all, two)
		return len(one) > 0 && len(two) > 0 && len(one)+len(two) == partitions && len(all) == partitions
	}
}

func (r *runner) groupOfTwo(ctx context.Context, how Joining) {
	topic, group, read := r.topic(ctx, 3, nil), r.name("group"), &Values{}
	first := r.join(group, topic, read, how)
	eventually("the only member has all partitions", holds(first, 3))
	r.produce(ctx, topic, 3, "one", 30)
	eventually("30 records", read.has(30))
	second := r.join(group, topic, read, how)
	eventually("both have partitions", shared(first, second, 3))
	r.produce(ctx, topic, 3, "two", 30)
	eventually("60 records", read.has(60))
	leave(second)
	eventually("the one that stays has all again", holds(first, 3))
	r.produce(ctx, topic, 3, "three", 30)
	eventually("90 records", read.has(90))
	leave(first)
	equal(90, read.count(), "records read")
	equal(90, read.distinct(), "different records read")
}

func (r *runner) resume(ctx context.Context) {
	topic, group := r.topic(ctx, 3, nil), r.name("group")
	r.produce(ctx, topic, 3, "before", 30)
	read := &Values{}
	one := r.join(group, topic, read, Joining{Plain: true})
	eventually("30 records", read.has(30))
	leave(one)
	r.produce(ctx, topic, 3, "after", 30)
	readAgain := &Values{}
	again := r.join(group, topic, readAgain, Joining{Plain: true})
	eventually("30 more", readAgain.has(30))
	leave(again)
	for _, value := range readAgain.all {
		isTrue(strings.HasPrefix(value, "after-"), "only new records are read, not "+value)
	}
}

// underLoad: members come and go while records arrive: each is read once, since members commit before they let go.
func (r *runner) underLoad(ctx context.Context) {
	topic, group, read := r.topic(ctx, 6, nil), r.name("group"), &Values{}
	count := 1500
	if r.quick {
		count = 300
	}
	producer := must(r.client.NewProducer(Sending{Acks: "all"}))
	defer producer.Close()
	first := r.join(group, topic, read, Joining{})
	var second Member
	for i := range count {
		record := &Record{Partition: int32(i % 6), Value: []byte("v-" + strconv.Itoa(i))}
		ok(producer.Produce(ctx, topic, []*Record{record}))
		if i%(count/6) == count/12 {
			if second == nil {
				second = r.join(group, topic, read, Joining{})
			} else {
				leave(second)
				second = nil
			}
		}
		time.Sleep(3 * time.Millisecond)
	}
	eventually(strconv.Itoa(count)+" records", func() bool { return read.distinct() == count })
	if second != nil {
		leave(second)
	}
	leave(first)
	equal(count, read.count(), "reads")
}

// cooperative: a member that joins takes over some partitions; the others are never taken from their reader.
func (r *runner) cooperative(ctx context.Context) {
	sticky := Joining{Assignor: "cooperative-sticky"}
	r.groupOfTwo(ctx, sticky)
	topic, group, read := r.topic(ctx, 4, nil), r.name("group"), &Values{}
	first := r.join(group, topic, read, sticky)
	eventually("the only member has all partitions", holds(first, 4))
	second := r.join(group, topic, read, sticky)
	eventually("both have partitions", shared(first, second, 4))
	equal(2, len(first.Held()), "partitions kept")
	equal(1, first.Revoked(), "revocations at the first member")
	leave(second)
	eventually("the one that stays has all again", holds(first, 4))
	equal(1, first.Revoked(), "revocations at the first member")
	leave(first)
}

// staticMember: one that comes back within its session gets its partitions back and disturbs nobody.
func (r *runner) staticMember(ctx context.Context) {
	topic, group, read := r.topic(ctx, 4, nil), r.name("group"), &Values{}
	first := r.join(group, topic, read, Joining{Instance: "one"})
	second := r.join(group, topic, read, Joining{Instance: "two"})
	eventually("both have partitions", shared(first, second, 4))
	revocations, held := first.Revoked(), second.Held()
	leave(second)
	again := r.join(group, topic, read, Joining{Instance: "two"})
	eventually("the same partitions again", func() bool { return maps.Equal(held, again.Held()) })
	r.produce(ctx, topic, 4, "v", 40)
	eventually("40 records", read.has(40))
	equal(revocations, first.Revoked(), "revocations at the other member")
	equal(40, read.count(), "records read")
	leave(again)
	ok(r.client.RemoveStatic(ctx, group, "two"))
	eventually("the one that stays has all", holds(first, 4))
	leave(first)
}

func (r *runner) unlike(ctx context.Context) {
	topic, group, read := r.topic(ctx, 1, nil), r.name("group"), &Values{}
	one := r.join(group, topic, read, Joining{})
	eventually("joined", holds(one, 1))
	other := r.join(group, topic, read, Joining{Assignor: "roundrobin"})
	eventually("the other one is refused", func() bool { return other.Err() != nil })
	r.failsWith(inconsistentGroupProtocol, other.Err())
	other.Leave()
	leave(one)
}

func (r *runner) commitWithMetadata(ctx context.Context) {
	topic, group, read := r.topic(ctx, 2, nil), r.name("group"), &Values{}
	r.produce(ctx, topic, 2, "v", 20)
	ok(r.client.CommitOffset(ctx, group, Committed{Topic: topic, Offset: 4, Metadata: "half way ✓"}))
	committed := must(r.client.FetchOffset(ctx, group, topic, 0))
	equal(4, committed.Offset, "committed offset")
	equal("half way ✓", committed.Metadata, "metadata")
	equal(-1, must(r.client.FetchOffset(ctx, group, topic, 1)).Offset, "offset of the other partition")
	one := r.join(group, topic, read, Joining{Plain: true})
	eventually("16 records", read.has(16))
	leave(one)
	equal(16, read.count(), "records read from the committed offset on")
}
