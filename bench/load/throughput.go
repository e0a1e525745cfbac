// How many records a second the broker takes and gives.

package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// traffic is sent with acks=all and not compressed.
type traffic struct {
	producers int           // each with a connection of its own
	records   int           // of all producers; a multiple of their number is best
	size      int           // of a record's value, bytes
	linger    time.Duration // how long a producer waits for more records in a batch
	buffered  int           // the most records of one producer that wait for their acknowledgement
}

// sampleEvery: the time of each such record to its acknowledgement is kept.
const sampleEvery = 64

// waitLimit bounds a read that gets nothing.
const waitLimit = 30 * time.Second

// produce sends as fast as the broker takes it.
func produce(ctx context.Context, b broker, topic string, t traffic) (figures, error) {
	payload := make([]byte, t.size)
	rand.Read(payload)
	var samples samples
	var failure atomic.Pointer[error]
	clients := make([]*kgo.Client, t.producers)
	for i := range clients {
		client, err := b.connect(kgo.DefaultProduceTopic(topic), kgo.RequiredAcks(kgo.AllISRAcks()),
			kgo.ProducerBatchCompression(kgo.NoCompression()), kgo.ProducerBatchMaxBytes(1_000_000),
			kgo.ProducerLinger(t.linger), kgo.MaxBufferedRecords(t.buffered), kgo.RecordPartitioner(kgo.StickyPartitioner()))
		if err != nil {
			return nil, err
		}
		defer client.Close()
		clients[i] = client
	}
	meter, err := b.meter()
	if err != nil {
		return nil, err
	}
	var producers sync.WaitGroup
	for i, client := range clients {
		share := t.records*(i+1)/t.producers - t.records*i/t.producers
		producers.Go(func() {
			for n := range share {
				sent := time.Now()
				client.Produce(ctx, &kgo.Record{Value: payload}, func(_ *kgo.Record, err error) {
					if err != nil {
						failure.CompareAndSwap(nil, &err)
					} else if n%sampleEvery == 0 {
						samples.add(time.Since(sent))
					}
				})
			}
			client.Flush(ctx)
		})
	}
	producers.Wait()
	if err := failure.Load(); err != nil {
		return nil, fmt.Errorf("a record was not acknowledged: %w", *err)
	}
	got, err := rates(meter, t.records, t.records*t.size)
	if err != nil {
		return nil, err
	}
	got["ack_p50_ms"], got["ack_p99_ms"] = samples.percentile(50), samples.percentile(99)
	return got, nil
}

// consume reads a topic from its start, outside of a group, until that many records have come.
func consume(ctx context.Context, b broker, topic string, records int) (figures, error) {
	client, err := b.connect(kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchMaxBytes(50<<20), kgo.FetchMaxPartitionBytes(1<<20))
	if err != nil {
		return nil, err
	}
	defer client.Close()
	meter, err := b.meter()
	if err != nil {
		return nil, err
	}
	count, bytes := 0, 0
	for count < records {
		fetches, err := poll(ctx, client)
		if err != nil {
			return nil, fmt.Errorf("after %d of %d records: %w", count, records, err)
		}
		fetches.EachRecord(func(record *kgo.Record) {
			count++
			bytes += len(record.Value)
		})
	}
	return rates(meter, count, bytes)
}

// poll waits for records, at most waitLimit.
func poll(ctx context.Context, client *kgo.Client) (kgo.Fetches, error) {
	limited, cancel := context.WithTimeout(ctx, waitLimit)
	defer cancel()
	fetches := client.PollFetches(limited)
	return fetches, fetches.Err()
}

func rates(m meter, records, bytes int) (figures, error) {
	seconds, cpu, _, rss, err := m.stop()
	gigabytes := float64(bytes) / 1e9
	return figures{"records_per_s": float64(records) / seconds, "mb_per_s": 1000 * gigabytes / seconds,
		"cpu_s_per_gb": cpu / gigabytes, "rss_mib": rss}, err
}
