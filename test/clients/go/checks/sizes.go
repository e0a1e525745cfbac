package checks

import (
	"bytes"
	"context"
	"crypto/rand"
	"strconv"
)

// sizeChecks: large records, many small ones, and records that are too large.
func (r *runner) sizeChecks() {
	r.suite.check("large record", r.large)
	r.suite.check("10,000 records in order", r.many)
	r.suite.check("record over max.message.bytes", r.tooLarge)
}

func (r *runner) large(ctx context.Context) {
	topic := r.topic(ctx, 1, nil)
	value := make([]byte, 900_000)
	must(rand.Read(value))
	r.send(ctx, topic, []*Record{{Value: value}}, Sending{Acks: "all"})
	isTrue(bytes.Equal(value, r.read(ctx, topic, 0, Earliest, 1)[0].Value), "the same bytes")
}

func (r *runner) many(ctx context.Context) {
	topic := r.topic(ctx, 1, nil)
	r.produce(ctx, topic, 1, "v", 10_000)
	read := r.read(ctx, topic, 0, Earliest, 10_000)
	equal(10_000, len(read), "records")
	for i, record := range read {
		equal(int64(i), record.Offset, "offset")
		equal("v-"+strconv.Itoa(i), string(record.Value), "value")
	}
}

func (r *runner) tooLarge(ctx context.Context) {
	limited := r.topic(ctx, 1, map[string]string{"max.message.bytes": "20000"})
	topic := r.topic(ctx, 1, nil)
	producer := must(r.client.NewProducer(Sending{Acks: "all"}))
	defer producer.Close()
	send := func(to string, value []byte) error { return producer.Produce(ctx, to, []*Record{{Value: value}}) }
	ok(send(limited, []byte("first")))
	r.failsWith(messageTooLarge, send(limited, make([]byte, 30_000)))
	ok(send(limited, []byte("second")))
	r.failsWith(messageTooLarge, send(topic, make([]byte, 1_200_000)))
	ok(send(topic, []byte("first")))
	kept := r.readAll(ctx, limited, 1)
	equal(2, len(kept), "records kept")
	equal("first second", string(kept[0].Value)+" "+string(kept[1].Value), "what was kept")
	equal(1, len(r.readAll(ctx, topic, 1)), "what was kept by the broker's own limit")
}
