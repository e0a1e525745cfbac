package main

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"

	"odradek/clients/checks"
)

// member is one consumer of a group. It commits what it has read before it reads on.
type member struct {
	checks.Holding
	topic  string
	read   *checks.Values
	cancel context.CancelFunc
	close  func() error
	done   sync.WaitGroup
}

func (*client) Join(group, topic string, read *checks.Values, how checks.Joining) (checks.Member, error) {
	m := &member{topic: topic, read: read}
	ctx, cancel := context.WithCancel(context.Background())
	m.cancel = cancel
	if how.Plain {
		m.joinPlain(ctx, group)
		return m, nil
	}
	return m, m.join(ctx, group, how)
}

func (m *member) Leave() {
	m.cancel()
	if err := m.close(); err != nil {
		m.Fail(err)
	}
	m.done.Wait()
}

// joinPlain joins with a Reader, which keeps to itself what it holds.
func (m *member) joinPlain(ctx context.Context, group string) {
	reader := kafka.NewReader(kafka.ReaderConfig{
		Brokers:           []string{checks.Bootstrap()},
		GroupID:           group,
		Topic:             m.topic,
		MaxWait:           50 * time.Millisecond,
		StartOffset:       kafka.FirstOffset,
		HeartbeatInterval: 200 * time.Millisecond,
		SessionTimeout:    6 * time.Second,
	})
	m.close = reader.Close
	m.done.Go(func() {
		for {
			message, err := reader.FetchMessage(ctx)
			if err != nil {
				m.note(ctx, err)
				return
			}
			m.read.Add(string(message.Value))
			if err := reader.CommitMessages(context.Background(), message); err != nil {
				m.Fail(err)
			}
		}
	})
}

// note keeps the error that ended the member, where it did not end because it was to.
func (m *member) note(ctx context.Context, err error) {
	if ctx.Err() == nil && !errors.Is(err, io.EOF) {
		m.Fail(err)
	}
}

// join joins with a ConsumerGroup, which tells of each generation.
func (m *member) join(ctx context.Context, id string, how checks.Joining) error {
	balancer := kafka.GroupBalancer(kafka.RangeGroupBalancer{})
	if how.Assignor == "roundrobin" {
		balancer = kafka.RoundRobinGroupBalancer{}
	}
	group, err := kafka.NewConsumerGroup(kafka.ConsumerGroupConfig{
		ID:                id,
		Brokers:           []string{checks.Bootstrap()},
		Topics:            []string{m.topic},
		GroupBalancers:    []kafka.GroupBalancer{balancer},
		HeartbeatInterval: 200 * time.Millisecond,
		SessionTimeout:    6 * time.Second,
		StartOffset:       kafka.FirstOffset,
	})
	if err != nil {
		return err
	}
	m.close = group.Close
	m.done.Go(func() {
		for {
			generation, err := group.Next(ctx)
			switch {
			case errors.Is(err, kafka.RebalanceInProgress):
				continue // The group joins again by itself.
			case err != nil:
				m.note(ctx, err)
				return
			}
			<-m.live(generation)
		}
	})
	return nil
}

// live reads the partitions of a generation. What it returns is closed when they are given up.
func (m *member) live(generation *kafka.Generation) <-chan struct{} {
	over := make(chan struct{})
	var partitions []int32
	var readers sync.WaitGroup
	for _, assignment := range generation.Assignments[m.topic] {
		partitions = append(partitions, int32(assignment.ID))
		readers.Add(1)
		generation.Start(func(ctx context.Context) {
			defer readers.Done()
			m.consume(ctx, generation, assignment)
		})
	}
	m.Gain(partitions)
	generation.Start(func(ctx context.Context) {
		defer close(over)
		<-ctx.Done()
		readers.Wait()
		m.Revoke(partitions)
	})
	return over
}

func (m *member) consume(ctx context.Context, generation *kafka.Generation, from kafka.PartitionAssignment) {
	reader := newReader(m.topic, from.ID)
	defer reader.Close()
	if err := reader.SetOffset(from.Offset); err != nil {
		m.Fail(err)
		return
	}
	for {
		message, err := reader.FetchMessage(ctx)
		if err != nil {
			if !errors.Is(err, kafka.ErrGenerationEnded) {
				m.Fail(err)
			}
			return
		}
		m.read.Add(string(message.Value))
		next := map[string]map[int]int64{m.topic: {from.ID: message.Offset + 1}}
		if err := generation.CommitOffsets(next); err != nil {
			m.Fail(err)
		}
	}
}
