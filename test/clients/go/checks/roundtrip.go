package checks

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

const startMs = 1_700_000_000_000

// keys and the partition of three that murmur2 gives them, the same in every client.
var keys = []struct {
	key       string
	partition int32
}{{"order-1", 1}, {"order-2", 0}, {"order-4", 2}, {"Müller", 1}, {"日本語", 1}, {"🧵", 2}}

// roundTripChecks: what is produced, with every codec and every kind of acknowledgement, is read back equal.
func (r *runner) roundTripChecks() {
	for _, codec := range []string{"none", "gzip", "snappy", "lz4", "zstd"} {
		r.suite.check("round trip "+codec, func(ctx context.Context) { r.roundTrip(ctx, codec) })
	}
	r.suite.check("log append time", r.appendTime)
	for _, acks := range []string{"0", "1", "all"} {
		r.suite.check("acks "+acks, func(ctx context.Context) { r.acknowledged(ctx, Sending{Acks: acks}) })
	}
	r.suite.check("idempotent producer", func(ctx context.Context) {
		r.acknowledged(ctx, Sending{Acks: "all", Idempotent: true})
	})
}

func samples(count int) []*Record {
	records := make([]*Record, count)
	for i := range records {
		record := &Record{Time: startMs + int64(i)*1000}
		if i%5 != 4 {
			record.Key = []byte(keys[i%len(keys)].key)
		}
		if i%11 == 10 {
			record.Value = []byte{}
		} else if i%7 != 6 {
			record.Value = []byte("value-" + strconv.Itoa(i) + " ✓ " + strings.Repeat("x", i))
		}
		if i%3 != 0 {
			record.Headers = []Header{
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

func (r *runner) roundTrip(ctx context.Context, codec string) {
	count := 600
	if r.quick {
		count = 60
	}
	topic := r.topic(ctx, 3, nil)
	sent := samples(count)
	r.send(ctx, topic, sent, Sending{Codec: codec, Acks: "all", ByKey: true})
	expected := map[string]string{}
	for i, record := range sent {
		expected[place(record)] = r.text(record)
		if record.Key != nil {
			equal(keys[i%len(keys)].partition, record.Partition, "partition of key "+string(record.Key))
		}
	}
	equal(count, len(expected), "acknowledged offsets")
	read := r.readAll(ctx, topic, 3)
	equal(count, len(read), "records read")
	for _, record := range read {
		equal(expected[place(record)], r.text(record), "record at "+place(record))
		isTrue(record.TimeType != AppendTime, "timestamp type")
	}
}

func place(record *Record) string { return fmt.Sprintf("%d/%d", record.Partition, record.Offset) }

// text is all that a record holds, with null and empty told apart where the client does.
func (r *runner) text(record *Record) string {
	parts := []string{strconv.FormatInt(record.Time, 10), r.show(record.Key), r.show(record.Value)}
	for _, header := range record.Headers {
		parts = append(parts, header.Key+"="+r.show(header.Value))
	}
	return strings.Join(parts, "|")
}

func (r *runner) show(value []byte) string {
	if value == nil || len(value) == 0 && r.limits.EmptyIsNull {
		return "null"
	}
	return strconv.Quote(string(value))
}

func (r *runner) appendTime(ctx context.Context) {
	topic := r.topic(ctx, 1, map[string]string{"message.timestamp.type": "LogAppendTime"})
	r.send(ctx, topic, []*Record{{Value: []byte("now"), Time: startMs}}, Sending{Acks: "all"})
	record := r.read(ctx, topic, 0, Earliest, 1)[0]
	isTrue(record.TimeType != CreateTime, "timestamp type")
	isTrue(time.Since(time.UnixMilli(record.Time)).Abs() < time.Minute, "the broker's time")
}

func (r *runner) acknowledged(ctx context.Context, how Sending) {
	count := 2000
	if r.quick {
		count = 200
	}
	topic := r.topic(ctx, 1, nil)
	records := make([]*Record, count)
	for i := range records {
		records[i] = &Record{Value: []byte("v-" + strconv.Itoa(i))}
	}
	producer := must(r.client.NewProducer(how))
	for part := range slices.Chunk(records, 50) {
		ok(producer.Produce(ctx, topic, part))
	}
	ok(producer.Close())
	for i, record := range r.read(ctx, topic, 0, Earliest, count) {
		equal("v-"+strconv.Itoa(i), string(record.Value), "value at offset "+strconv.Itoa(i))
	}
}
