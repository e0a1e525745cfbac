package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"strconv"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// sizeChecks: large records, many small ones, and records that are too large.
func sizeChecks(b *broker, c *checks) {
	c.check("large record", func(ctx context.Context) { large(ctx, b) })
	c.check("10,000 records in order", func(ctx context.Context) { many(ctx, b) })
	c.check("record over max.message.bytes", func(ctx context.Context) { tooLarge(ctx, b) })
}

func large(ctx context.Context, b *broker) {
	topic := b.topic(ctx, 1, nil)
	value := make([]byte, 900_000)
	must(rand.Read(value))
	b.send(ctx, []*kgo.Record{{Topic: topic, Value: value}})
	isTrue(bytes.Equal(value, b.readAll(ctx, topic, 1, 1)[0].Value), "the same bytes")
}

func many(ctx context.Context, b *broker) {
	topic := b.topic(ctx, 1, nil)
	b.produce(ctx, topic, 1, "v", 10_000)
	read := b.readAll(ctx, topic, 1, 10_000)
	equal(10_000, len(read), "records")
	for i, record := range read {
		equal(int64(i), record.Offset, "offset")
		equal("v-"+strconv.Itoa(i), string(record.Value), "value")
	}
}

func tooLarge(ctx context.Context, b *broker) {
	limited := b.topic(ctx, 1, map[string]string{"max.message.bytes": "20000"})
	topic := b.topic(ctx, 1, nil)
	client := b.newClient(kgo.ProducerBatchMaxBytes(4_000_000), kgo.ProducerBatchCompression(kgo.NoCompression()))
	defer client.Close()
	send := func(to string, value []byte) error {
		return client.ProduceSync(ctx, &kgo.Record{Topic: to, Value: value}).FirstErr()
	}
	ok(send(limited, []byte("first")))
	failsWith(kerr.MessageTooLarge, send(limited, make([]byte, 30_000)))
	ok(send(limited, []byte("second")))
	failsWith(kerr.MessageTooLarge, send(topic, make([]byte, 1_200_000)))
	ok(send(topic, []byte("first")))
	kept := b.readAll(ctx, limited, 1, 2)
	equal("first second", string(kept[0].Value)+" "+string(kept[1].Value), "what was kept")
	equal(1, len(b.readAll(ctx, topic, 1, 1)), "what was kept by the broker's own limit")
}
