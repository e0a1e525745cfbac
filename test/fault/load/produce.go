package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

var padding = strings.Repeat(".", 3000)

// produce sends keyed records, numbered in each partition, until told to stop; then all that was sent is acknowledged.
// Values are "PRODUCER-NUMBER" and padding. It gives back how many were acknowledged.
func produce(bootstrap string, log *events, seed int, topic string, partitions, producer int, stop <-chan struct{}) int {
	codecs := []kgo.CompressionCodec{
		kgo.NoCompression(), kgo.Lz4Compression(), kgo.ZstdCompression(), kgo.SnappyCompression(), kgo.GzipCompression(),
	}
	client := newClient(bootstrap,
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ProducerBatchCompression(codecs[producer%len(codecs)]),
		kgo.RequiredAcks(kgo.AllISRAcks()),
		kgo.MaxBufferedRecords(400),
		kgo.UnknownTopicRetries(-1),
		kgo.ProducerLinger(2*time.Millisecond),
	)
	defer client.Close()
	random := rand.New(rand.NewPCG(uint64(seed), uint64(producer)))
	numbers := make([]int, partitions)
	var count atomic.Int64
	isStopped := func() bool {
		select {
		case <-stop:
			return true
		default:
			return false
		}
	}
	for !isStopped() {
		for range 1 + random.IntN(30) {
			partition := random.IntN(partitions)
			number := numbers[partition]
			numbers[partition]++
			record := &kgo.Record{
				Topic:     topic,
				Partition: int32(partition),
				Key:       fmt.Appendf(nil, "key-%d-%d", producer, number%17),
				Value:     fmt.Appendf(nil, "%d-%d%s", producer, number, padding[:1+random.IntN(len(padding))]),
			}
			client.Produce(context.Background(), record, func(record *kgo.Record, err error) {
				if err != nil {
					log.line("fault producer %d, partition %d, number %d: %v", producer, partition, number, err)
					return
				}
				count.Add(1)
				log.line("ack %d %d %d-%d", record.Partition, record.Offset, producer, number)
			})
		}
		time.Sleep(time.Duration(random.IntN(12)) * time.Millisecond)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := client.Flush(ctx); err != nil {
		log.line("fault producer %d: %d records never acknowledged: %v", producer, client.BufferedProduceRecords(), err)
	}
	return int(count.Load())
}
