package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// broker is the broker under test: it makes clients, and topics under names that no other check uses.
type broker struct {
	bootstrap string
	quick     bool // fewer records, the same checks
	client    *kgo.Client
	admin     *kadm.Client
	names     atomic.Int64
	run       string
}

func newBroker() *broker {
	b := &broker{
		bootstrap: os.Getenv("BOOTSTRAP"),
		quick:     os.Getenv("QUICK") == "1",
		run:       "go-" + strconv.FormatInt(time.Now().UnixMilli(), 36) + "-",
	}
	if b.bootstrap == "" {
		b.bootstrap = "127.0.0.1:9092"
	}
	b.client = b.newClient()
	b.admin = kadm.NewClient(b.client)
	return b
}

func (b *broker) newClient(options ...kgo.Opt) *kgo.Client {
	common := []kgo.Opt{
		kgo.SeedBrokers(b.bootstrap),
		kgo.FetchMaxWait(50 * time.Millisecond),
		kgo.MetadataMinAge(50 * time.Millisecond),
	}
	return must(kgo.NewClient(append(common, options...)...))
}

func (b *broker) name(what string) string {
	return fmt.Sprintf("%s%s-%d", b.run, what, b.names.Add(1))
}

func (b *broker) topic(ctx context.Context, partitions int32, configs map[string]string) string {
	topic := b.name("topic")
	values := map[string]*string{}
	for key, value := range configs {
		values[key] = &value
	}
	must(b.admin.CreateTopic(ctx, partitions, 1, values, topic))
	// A broker may answer before each partition takes records, and what is sent without acknowledgement is lost till then.
	eventually("the topic is ready", func() bool { return must(b.admin.ListEndOffsets(ctx, topic)).Error() == nil })
	return topic
}

// removeTopics deletes the topics of this run.
func (b *broker) removeTopics(ctx context.Context) {
	var own []string
	for _, topic := range must(b.admin.ListTopics(ctx)).Names() {
		if strings.HasPrefix(topic, b.run) {
			own = append(own, topic)
		}
	}
	ok(must(b.admin.DeleteTopics(ctx, own...)).Error())
}

// produce sends count records "prefix-0", ... over the partitions in turn.
func (b *broker) produce(ctx context.Context, topic string, partitions int, prefix string, count int) {
	records := make([]*kgo.Record, count)
	for i := range records {
		records[i] = &kgo.Record{
			Topic:     topic,
			Partition: int32(i % partitions),
			Value:     []byte(prefix + "-" + strconv.Itoa(i)),
		}
	}
	b.send(ctx, records, kgo.RecordPartitioner(kgo.ManualPartitioner()))
}

// send produces the records with a client of its own and waits until all are acknowledged.
func (b *broker) send(ctx context.Context, records []*kgo.Record, options ...kgo.Opt) {
	client := b.newClient(options...)
	defer client.Close()
	ok(client.ProduceSync(ctx, records...).FirstErr())
}

// read reads count records of a topic, from the given start of each partition.
func (b *broker) read(ctx context.Context, topic string, partitions, count int, from kgo.Offset) []*kgo.Record {
	starts := map[int32]kgo.Offset{}
	for p := range partitions {
		starts[int32(p)] = from
	}
	client := b.newClient(
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: starts}),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
	)
	defer client.Close()
	return poll(ctx, client, count)
}

func (b *broker) readAll(ctx context.Context, topic string, partitions, count int) []*kgo.Record {
	return b.read(ctx, topic, partitions, count, kgo.NewOffset().AtStart())
}

// poll reads until there are count records, for 15 s at most.
func poll(ctx context.Context, client *kgo.Client, count int) []*kgo.Record {
	ctx, cancel := context.WithTimeout(ctx, waitLimit)
	defer cancel()
	var records []*kgo.Record
	for len(records) < count {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			fail("read %d of %d records: %v", len(records), count, err)
		}
		records = append(records, fetches.Records()...)
	}
	return records
}
