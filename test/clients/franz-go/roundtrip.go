package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

const startMs = 1_700_000_000_000

// keys and the partition of three that murmur2 gives them, the same in every client.
var keys = []struct {
	key       string
	partition int32
}{{"order-1", 1}, {"order-2", 0}, {"order-4", 2}, {"Müller", 1}, {"日本語", 1}, {"🧵", 2}}

// roundTripChecks: what is produced, with every codec and every kind of acknowledgement, is read back equal.
func roundTripChecks(b *broker, c *checks) {
	codecs := []struct {
		name  string
		codec kgo.CompressionCodec
	}{
		{"none", kgo.NoCompression()},
		{"gzip", kgo.GzipCompression()},
		{"snappy", kgo.SnappyCompression()},
		{"lz4", kgo.Lz4Compression()},
		{"zstd", kgo.ZstdCompression()},
	}
	for _, each := range codecs {
		c.check("round trip "+each.name, func(ctx context.Context) { roundTrip(ctx, b, each.codec) })
	}
	c.check("log append time", func(ctx context.Context) { appendTime(ctx, b) })
	plain := kgo.DisableIdempotentWrite()
	c.check("acks 0", func(ctx context.Context) { acknowledged(ctx, b, kgo.RequiredAcks(kgo.NoAck()), plain) })
	c.check("acks 1", func(ctx context.Context) { acknowledged(ctx, b, kgo.RequiredAcks(kgo.LeaderAck()), plain) })
	c.check("acks all", func(ctx context.Context) { acknowledged(ctx, b, kgo.RequiredAcks(kgo.AllISRAcks()), plain) })
	c.check("idempotent producer", func(ctx context.Context) { acknowledged(ctx, b, kgo.RequiredAcks(kgo.AllISRAcks())) })
}

func samples(topic string, count int) []*kgo.Record {
	records := make([]*kgo.Record, count)
	for i := range records {
		record := &kgo.Record{Topic: topic, Timestamp: time.UnixMilli(startMs + int64(i)*1000)}
		if i%5 != 4 {
			record.Key = []byte(keys[i%len(keys)].key)
		}
		if i%11 == 10 {
			record.Value = []byte{}
		} else if i%7 != 6 {
			record.Value = []byte("value-" + strconv.Itoa(i) + " ✓ " + strings.Repeat("x", i))
		}
		if i%3 != 0 {
			record.Headers = []kgo.RecordHeader{
				{Key: "trace", Value: []byte("t-" + strconv.Itoa(i))},
				{Key: "empty", Value: []byte{}},
				{Key: "trace", Value: []byte("again")},
				{Key: "null"},
				{Key: "ünïcode", Value: []byte("🧵")},
			}
		}
		records[i] = record
	}
	return records
}

func roundTrip(ctx context.Context, b *broker, codec kgo.CompressionCodec) {
	count := 600
	if b.quick {
		count = 60
	}
	topic := b.topic(ctx, 3, nil)
	sent := samples(topic, count)
	partitioner := kgo.StickyKeyPartitioner(nil)
	b.send(ctx, sent, kgo.ProducerBatchCompression(codec), kgo.RecordPartitioner(partitioner))
	expected := map[string]string{}
	for i, record := range sent {
		// The client fills in where each record went.
		expected[place(record)] = text(record)
		if record.Key != nil {
			equal(keys[i%len(keys)].partition, record.Partition, "partition of key "+string(record.Key))
		}
	}
	equal(count, len(expected), "acknowledged offsets")
	read := b.readAll(ctx, topic, 3, count)
	equal(count, len(read), "records read")
	for _, record := range read {
		equal(expected[place(record)], text(record), "record at "+place(record))
		equal(int8(0), record.Attrs.TimestampType(), "timestamp type")
	}
}

func place(record *kgo.Record) string { return fmt.Sprintf("%d/%d", record.Partition, record.Offset) }

// text is all that a record holds, with null and empty told apart.
func text(record *kgo.Record) string {
	parts := []string{strconv.FormatInt(record.Timestamp.UnixMilli(), 10), show(record.Key), show(record.Value)}
	for _, header := range record.Headers {
		parts = append(parts, header.Key+"="+show(header.Value))
	}
	return strings.Join(parts, "|")
}

func show(value []byte) string {
	if value == nil {
		return "null"
	}
	return strconv.Quote(string(value))
}

func appendTime(ctx context.Context, b *broker) {
	topic := b.topic(ctx, 1, map[string]string{"message.timestamp.type": "LogAppendTime"})
	b.send(ctx, []*kgo.Record{{Topic: topic, Value: []byte("now"), Timestamp: time.UnixMilli(startMs)}})
	record := b.readAll(ctx, topic, 1, 1)[0]
	equal(int8(1), record.Attrs.TimestampType(), "timestamp type")
	isTrue(time.Since(record.Timestamp).Abs() < time.Minute, "the broker's time")
}

func acknowledged(ctx context.Context, b *broker, options ...kgo.Opt) {
	count := 2000
	if b.quick {
		count = 200
	}
	topic := b.topic(ctx, 1, nil)
	records := make([]*kgo.Record, count)
	for i := range records {
		records[i] = &kgo.Record{Topic: topic, Value: []byte("v-" + strconv.Itoa(i))}
	}
	for part := range slices.Chunk(records, 50) {
		b.send(ctx, part, append(options, kgo.MaxBufferedRecords(10))...)
	}
	for i, record := range b.readAll(ctx, topic, 1, count) {
		equal("v-"+strconv.Itoa(i), string(record.Value), "value at offset "+strconv.Itoa(i))
	}
}
