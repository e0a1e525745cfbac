package main

import (
	"context"
	"errors"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"odradek/clients/checks"
)

var balancers = map[string]func() kgo.GroupBalancer{
	"": kgo.RangeBalancer, "roundrobin": kgo.RoundRobinBalancer, "cooperative-sticky": kgo.CooperativeStickyBalancer,
}

// member is one consumer of a group. It commits after each poll, and no rebalance comes between the two.
type member struct {
	checks.Holding
	client *kgo.Client
	read   *checks.Values
	done   chan struct{}
	cancel context.CancelFunc
}

func (*client) Join(group, topic string, read *checks.Values, how checks.Joining) (checks.Member, error) {
	m := &member{read: read, done: make(chan struct{})}
	options := []kgo.Opt{
		kgo.ConsumerGroup(group),
		kgo.ConsumeTopics(topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.Balancers(balancers[how.Assignor]()),
		kgo.HeartbeatInterval(200 * time.Millisecond),
		kgo.SessionTimeout(6 * time.Second),
		kgo.DisableAutoCommit(),
		kgo.BlockRebalanceOnPoll(),
		kgo.OnPartitionsAssigned(each(topic, m.Gain)),
		kgo.OnPartitionsRevoked(each(topic, m.Revoke)),
		kgo.OnPartitionsLost(each(topic, m.Lose)),
	}
	if how.Instance != "" {
		options = append(options, kgo.InstanceID(how.Instance), kgo.SessionTimeout(20*time.Second))
	}
	var err error
	if m.client, err = open(options...); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	m.cancel = cancel
	go m.loop(ctx)
	return m, nil
}

func each(topic string, tell func([]int32)) func(context.Context, *kgo.Client, map[string][]int32) {
	return func(_ context.Context, _ *kgo.Client, partitions map[string][]int32) { tell(partitions[topic]) }
}

func (m *member) loop(ctx context.Context) {
	defer close(m.done)
	for ctx.Err() == nil {
		fetches := m.client.PollFetches(ctx)
		if err := fetches.Err0(); err != nil && ctx.Err() == nil {
			m.Fail(err)
			m.client.AllowRebalance()
			return
		}
		records := fetches.Records()
		for _, record := range records {
			m.read.Add(string(record.Value))
		}
		if len(records) > 0 {
			if err := m.client.CommitRecords(context.Background(), records...); err != nil {
				m.Fail(err)
			}
		}
		m.client.AllowRebalance()
	}
}

func (m *member) Leave() {
	m.cancel()
	<-m.done
	m.client.CloseAllowingRebalance()
}

func (c *client) ListGroups(ctx context.Context, state string) (map[string]string, error) {
	listed, err := c.admin.ListGroups(ctx, state)
	types := map[string]string{}
	for name, group := range listed {
		types[name] = group.ProtocolType
	}
	return types, err
}

func (c *client) DescribeGroup(ctx context.Context, group string) (checks.Group, error) {
	all, err := c.admin.DescribeGroups(ctx, group)
	if err != nil {
		return checks.Group{}, err
	}
	described := all[group]
	result := checks.Group{State: described.State, Protocol: described.Protocol}
	for _, each := range described.Members {
		one := checks.GroupMember{Host: each.ClientHost}
		if assigned, known := each.Assigned.AsConsumer(); known {
			for _, topic := range assigned.Topics {
				one.Partitions += len(topic.Partitions)
			}
		}
		result.Members = append(result.Members, one)
	}
	return result, described.Err
}

func (c *client) DeleteGroup(ctx context.Context, group string) error {
	deleted, err := c.admin.DeleteGroups(ctx, group)
	return errors.Join(err, deleted[group].Err)
}

func (c *client) CommitOffset(ctx context.Context, group string, at checks.Committed) error {
	offsets := kadm.Offsets{}
	offsets.Add(kadm.Offset{
		Topic: at.Topic, Partition: at.Partition, At: at.Offset, LeaderEpoch: -1, Metadata: at.Metadata,
	})
	committed, err := c.admin.CommitOffsets(ctx, group, offsets)
	return errors.Join(err, committed.Error())
}

func (c *client) FetchOffset(ctx context.Context, group, topic string, partition int32) (checks.Committed, error) {
	none := checks.Committed{Topic: topic, Partition: partition, Offset: -1}
	fetched, err := c.admin.FetchOffsets(ctx, group)
	if err != nil {
		return none, err
	}
	if one, known := fetched.Lookup(topic, partition); known {
		none.Offset, none.Metadata = one.At, one.Metadata
		return none, one.Err
	}
	return none, nil
}

func (c *client) DeleteOffset(ctx context.Context, group, topic string, partition int32) error {
	gone := kadm.TopicsSet{}
	gone.Add(topic, partition)
	deleted, err := c.admin.DeleteOffsets(ctx, group, gone)
	return errors.Join(err, deleted.Error())
}

func (c *client) RemoveStatic(ctx context.Context, group, instance string) error {
	leave := kadm.LeaveGroup(group).InstanceIDs(instance).Reason("the check is over")
	left, err := c.admin.LeaveGroup(ctx, leave)
	return errors.Join(err, left.Error())
}
