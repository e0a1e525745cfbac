// The scenarios by name: which topic, how much, how sent.

package main

import (
	"context"
	"time"
)

type scenario struct {
	name string
	run  func(context.Context, broker, work) (figures, error)
}

// work is the factor on the amounts below.
type work float64

// of scales an amount; what is left is never so little that start-up costs are all that is measured.
func (w work) of(amount, least int) int { return max(least, int(float64(amount)*float64(w))) }

var scenarios = []scenario{
	{"produce-1k", onTopic(6, pageCache, func(ctx context.Context, b broker, topic string, w work) (figures, error) {
		return produce(ctx, b, topic, oneKilobyte(w))
	})},
	{"produce-100", onTopic(6, pageCache, func(ctx context.Context, b broker, topic string, w work) (figures, error) {
		return produce(ctx, b, topic, traffic{producers: 2, records: w.of(5_000_000, 5_000), size: 100, linger: 5 * time.Millisecond, buffered: 100_000})
	})},
	{"consume-1k", onTopic(6, pageCache, func(ctx context.Context, b broker, topic string, w work) (figures, error) {
		if _, err := produce(ctx, b, topic, oneKilobyte(w)); err != nil {
			return nil, err
		}
		return consume(ctx, b, topic, oneKilobyte(w).records)
	})},
	{"latency", onTopic(1, pageCache, endToEnd)},
	{"produce-default", onTopic(6, brokerDefault, func(ctx context.Context, b broker, topic string, w work) (figures, error) {
		return produce(ctx, b, topic, oneKilobyte(w))
	})},
	{"latency-default", onTopic(1, brokerDefault, endToEnd)},
	// Many producers with few records each under way: the batches are small and the cost of a sync shows.
	{"produce-durable", onTopic(6, everyBatch, func(ctx context.Context, b broker, topic string, w work) (figures, error) {
		return produce(ctx, b, topic, traffic{producers: 8, records: w.of(200_000, 2_000), size: 1024, buffered: 64})
	})},
	{"connections", func(ctx context.Context, b broker, w work) (figures, error) {
		return connections(ctx, b, w.of(5000, 100))
	}},
	{"partitions", func(ctx context.Context, b broker, w work) (figures, error) {
		return partitions(ctx, b, w.of(2000, 100))
	}},
}

func oneKilobyte(w work) traffic {
	return traffic{producers: 2, records: w.of(1_000_000, 1_000), size: 1024, linger: 5 * time.Millisecond, buffered: 20_000}
}

func endToEnd(ctx context.Context, b broker, topic string, w work) (figures, error) {
	return latency(ctx, b, topic, 1000, w.of(10, 3), 1024)
}

func find(name string) *scenario {
	for i := range scenarios {
		if scenarios[i].name == name {
			return &scenarios[i]
		}
	}
	return nil
}

// onTopic gives a scenario a topic of its own, which is deleted after it.
func onTopic(partitions int, sync flushMessages, run func(context.Context, broker, string, work) (figures, error)) func(context.Context, broker, work) (figures, error) {
	return func(ctx context.Context, b broker, w work) (figures, error) {
		topic, err := b.createTopic(ctx, partitions, sync)
		if err != nil {
			return nil, err
		}
		defer b.deleteTopic(ctx, topic)
		return run(ctx, b, topic, w)
	}
}
