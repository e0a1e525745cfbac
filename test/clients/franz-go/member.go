package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// values collects what the members of a group read, in the order of reading.
type values struct {
	mutex sync.Mutex
	all   []string
}

func (v *values) add(value string) {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	v.all = append(v.all, value)
}

func (v *values) count() int {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	return len(v.all)
}

func (v *values) distinct() int {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	set := map[string]bool{}
	for _, value := range v.all {
		set[value] = true
	}
	return len(set)
}

// member is one consumer of a group. It commits after each poll, and no rebalance comes between the two.
type member struct {
	client      *kgo.Client
	values      *values
	mutex       sync.Mutex
	assigned    map[int32]bool // partitions held now
	revocations int            // how often partitions were taken away
	failure     error
	done        chan struct{}
	cancel      context.CancelFunc
}

func (b *broker) join(group, topic string, read *values, options ...kgo.Opt) *member {
	m := &member{values: read, assigned: map[int32]bool{}, done: make(chan struct{})}
	all := []kgo.Opt{
		kgo.ConsumerGroup(group),
		kgo.ConsumeTopics(topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.Balancers(kgo.RangeBalancer()),
		kgo.HeartbeatInterval(200 * time.Millisecond),
		kgo.SessionTimeout(6 * time.Second),
		kgo.DisableAutoCommit(),
		kgo.BlockRebalanceOnPoll(),
		kgo.OnPartitionsAssigned(m.assign),
		kgo.OnPartitionsRevoked(m.revoke),
		kgo.OnPartitionsLost(m.lose),
	}
	m.client = b.newClient(append(all, options...)...)
	ctx, cancel := context.WithCancel(context.Background())
	m.cancel = cancel
	go m.loop(ctx)
	return m
}

func (m *member) loop(ctx context.Context) {
	defer close(m.done)
	for ctx.Err() == nil {
		fetches := m.client.PollFetches(ctx)
		if err := fetches.Err0(); err != nil && ctx.Err() == nil {
			m.fail(err)
			m.client.AllowRebalance()
			return
		}
		records := fetches.Records()
		for _, record := range records {
			m.values.add(string(record.Value))
		}
		if len(records) > 0 {
			if err := m.client.CommitRecords(context.Background(), records...); err != nil {
				m.fail(err)
			}
		}
		m.client.AllowRebalance()
	}
}

func (m *member) fail(err error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.failure = errors.Join(m.failure, err)
}

func (m *member) err() error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.failure
}

// leave leaves the group; a static member stays in it until its session ends.
func (m *member) leave() {
	m.abandon()
	ok(m.err())
}

// abandon ends the member whatever became of it.
func (m *member) abandon() {
	m.cancel()
	<-m.done
	m.client.CloseAllowingRebalance()
}

func (m *member) assign(_ context.Context, _ *kgo.Client, assigned map[string][]int32) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	for _, partitions := range assigned {
		for _, partition := range partitions {
			m.assigned[partition] = true
		}
	}
}

func (m *member) revoke(_ context.Context, _ *kgo.Client, revoked map[string][]int32) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if len(revoked) > 0 {
		m.revocations++
	}
	m.remove(revoked)
}

func (m *member) lose(_ context.Context, _ *kgo.Client, lost map[string][]int32) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.remove(lost)
}

func (m *member) remove(removed map[string][]int32) {
	for _, partitions := range removed {
		for _, partition := range partitions {
			delete(m.assigned, partition)
		}
	}
}

// held is a copy of the partitions held now.
func (m *member) held() map[int32]bool {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	copied := map[int32]bool{}
	for partition := range m.assigned {
		copied[partition] = true
	}
	return copied
}

func (m *member) revoked() int {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.revocations
}

// shared tells whether two members hold all partitions between them, each one once, and neither is without.
func shared(first, second *member, partitions int) bool {
	ok(first.err())
	ok(second.err())
	one, two := first.held(), second.held()
	all := first.held()
	for partition := range two {
		all[partition] = true
	}
	return len(one) > 0 && len(two) > 0 && len(one)+len(two) == partitions && len(all) == partitions
}
