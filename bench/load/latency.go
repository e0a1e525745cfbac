// How long a record takes from its producer to a consumer that waits for it.

package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// latency sends records one by one, rate a second, each with the time of sending as its first eight bytes.
func latency(ctx context.Context, b broker, topic string, rate, seconds, size int) (figures, error) {
	producer, err := b.connect(kgo.DefaultProduceTopic(topic), kgo.ProducerLinger(0), kgo.ProducerBatchCompression(kgo.NoCompression()))
	if err != nil {
		return nil, err
	}
	defer producer.Close()
	consumer, err := b.connect(kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchMinBytes(1))
	if err != nil {
		return nil, err
	}
	defer consumer.Close()
	meter, err := b.meter()
	if err != nil {
		return nil, err
	}

	var samples samples
	read := make(chan error, 1)
	// The records of the first second warm up both sides and are not counted.
	go func() { read <- readTimes(ctx, consumer, &samples, rate, rate*seconds) }()
	var failure atomic.Pointer[error]
	tick := time.NewTicker(time.Second / time.Duration(rate))
	defer tick.Stop()
	for range rate * seconds {
		<-tick.C
		value := make([]byte, size)
		binary.BigEndian.PutUint64(value, uint64(time.Now().UnixNano()))
		producer.Produce(ctx, &kgo.Record{Value: value}, func(_ *kgo.Record, err error) {
			if err != nil {
				failure.CompareAndSwap(nil, &err)
			}
		})
	}
	err = <-read
	if refused := failure.Load(); refused != nil {
		err = fmt.Errorf("a record was not acknowledged: %w", *refused)
	}
	if err != nil {
		return nil, err
	}
	_, cpu, _, _, err := meter.stop()
	return figures{"e2e_p50_ms": samples.percentile(50), "e2e_p99_ms": samples.percentile(99),
		"e2e_p999_ms": samples.percentile(99.9), "cpu_s": cpu}, err
}

// readTimes reads that many records and samples the age of all but the first few.
func readTimes(ctx context.Context, consumer *kgo.Client, samples *samples, skip, records int) error {
	for count := 0; count < records; {
		fetches, err := poll(ctx, consumer)
		if err != nil {
			return fmt.Errorf("after %d of %d records: %w", count, records, err)
		}
		now := time.Now().UnixNano()
		fetches.EachRecord(func(record *kgo.Record) {
			if count >= skip {
				samples.add(time.Duration(now - int64(binary.BigEndian.Uint64(record.Value))))
			}
			count++
		})
	}
	return nil
}
