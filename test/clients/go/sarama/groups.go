package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/IBM/sarama"

	"odradek/clients/checks"
)

var strategies = map[string]func() sarama.BalanceStrategy{
	"":                   sarama.NewBalanceStrategyRange,
	"roundrobin":         sarama.NewBalanceStrategyRoundRobin,
	"cooperative-sticky": sarama.NewBalanceStrategyCooperativeSticky,
}

// member is one consumer of a group. Each claim commits what it has read before it reads on.
type member struct {
	checks.Holding
	group  sarama.ConsumerGroup
	read   *checks.Values
	cancel context.CancelFunc
	done   sync.WaitGroup

	mutex   sync.Mutex
	revoked int32 // the generation in which claims ended last
}

func (*client) Join(group, topic string, read *checks.Values, how checks.Joining) (checks.Member, error) {
	config := newConfig()
	config.Consumer.Group.Heartbeat.Interval = 200 * time.Millisecond
	config.Consumer.Group.Session.Timeout = 6 * time.Second
	config.Consumer.Group.Rebalance.GroupStrategies = []sarama.BalanceStrategy{strategies[how.Assignor]()}
	if how.Instance != "" {
		config.Consumer.Group.InstanceId = how.Instance
		config.Consumer.Group.Session.Timeout = 20 * time.Second
	}
	made, err := sarama.NewConsumerGroup([]string{checks.Bootstrap()}, group, config)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	m := &member{group: made, read: read, cancel: cancel, revoked: -1}
	m.done.Add(2)
	go m.consume(ctx, topic)
	go m.watch()
	return m, nil
}

// consume goes through the sessions of the member, one after each rebalance.
func (m *member) consume(ctx context.Context, topic string) {
	defer m.done.Done()
	for ctx.Err() == nil {
		if err := m.group.Consume(ctx, []string{topic}, m); err != nil {
			m.Fail(err)
			return
		}
	}
}

func (m *member) watch() {
	defer m.done.Done()
	for err := range m.group.Errors() {
		m.Fail(err)
	}
}

func (*member) Setup(sarama.ConsumerGroupSession) error { return nil }

func (*member) Cleanup(sarama.ConsumerGroupSession) error { return nil }

func (m *member) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	m.Gain([]int32{claim.Partition()})
	defer m.release(session.GenerationID, claim.Partition())
	for {
		select {
		case message, more := <-claim.Messages():
			if !more {
				return nil
			}
			m.read.Add(string(message.Value))
			session.MarkMessage(message, "")
			session.Commit()
		case <-session.Context().Done():
			return nil
		}
	}
}

// release counts the claims that end in one generation as one revocation.
func (m *member) release(generation func() int32, partition int32) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if now := generation(); now != m.revoked {
		m.revoked = now
		m.Revoke([]int32{partition})
	} else {
		m.Lose([]int32{partition})
	}
}

func (m *member) Leave() {
	m.cancel()
	if err := m.group.Close(); err != nil {
		m.Fail(err)
	}
	m.done.Wait()
}

func (c *client) ListGroups(context.Context, string) (map[string]string, error) {
	return c.admin.ListConsumerGroups()
}

func (c *client) DescribeGroup(_ context.Context, group string) (checks.Group, error) {
	described, err := c.admin.DescribeConsumerGroups([]string{group})
	if err == nil {
		err = orNil(described[0].Err)
	}
	if err != nil {
		return checks.Group{}, err
	}
	result := checks.Group{State: described[0].State, Protocol: described[0].Protocol}
	for _, each := range described[0].Members {
		one := checks.GroupMember{Host: each.ClientHost}
		assignment, err := each.GetMemberAssignment()
		if err != nil {
			return result, err
		}
		for _, partitions := range assignment.Topics {
			one.Partitions += len(partitions)
		}
		result.Members = append(result.Members, one)
	}
	return result, nil
}

func (c *client) DeleteGroup(_ context.Context, group string) error {
	return c.admin.DeleteConsumerGroup(group)
}

func (c *client) CommitOffset(_ context.Context, group string, at checks.Committed) error {
	offset := sarama.OffsetAndMetadata{Offset: at.Offset, Metadata: at.Metadata, LeaderEpoch: -1}
	offsets := map[string]map[int32]sarama.OffsetAndMetadata{at.Topic: {at.Partition: offset}}
	committed, err := c.admin.AlterConsumerGroupOffsets(group, offsets, nil)
	if err != nil {
		return err
	}
	return orNil(committed.Errors[at.Topic][at.Partition])
}

func (c *client) FetchOffset(_ context.Context, group, topic string, partition int32) (checks.Committed, error) {
	none := checks.Committed{Topic: topic, Partition: partition, Offset: -1}
	fetched, err := c.admin.ListConsumerGroupOffsets(group, map[string][]int32{topic: {partition}})
	if err != nil {
		return none, err
	}
	block := fetched.GetGroupBlock(group, topic, partition)
	if block == nil {
		return none, errors.New("no answer for the partition")
	}
	none.Offset, none.Metadata = block.Offset, block.Metadata
	return none, orNil(block.Err)
}

func (c *client) DeleteOffset(_ context.Context, group, topic string, partition int32) error {
	return c.admin.DeleteConsumerGroupOffset(group, topic, partition)
}

func (c *client) RemoveStatic(_ context.Context, group, instance string) error {
	left, err := c.admin.RemoveMemberFromConsumerGroup(group, []string{instance})
	if err != nil {
		return err
	}
	return orNil(left.Err)
}
