package main

import (
	"context"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// offsetChecks: starting points, offsets by time, lag.
func offsetChecks(b *broker, c *checks) {
	var topic string
	c.check("seek to beginning, end and offset", func(ctx context.Context) {
		topic = filled(ctx, b)
		seek(ctx, b, topic)
	})
	c.check("seek to a timestamp", func(ctx context.Context) { seekToTime(ctx, b, topic) })
	c.check("seek out of range", func(ctx context.Context) { outOfRange(ctx, b, topic) })
	c.check("list offsets", func(ctx context.Context) { listOffsets(ctx, b, topic) })
	c.check("offset for leader epoch", func(ctx context.Context) { leaderEpoch(ctx, b, topic) })
	c.check("consumer lag", func(ctx context.Context) { lag(ctx, b, topic) })
}

// filled is a topic of 100 records, 1 s apart, the one at offset 60 being the newest by time.
func filled(ctx context.Context, b *broker) string {
	topic := b.topic(ctx, 1, nil)
	records := make([]*kgo.Record, 100)
	for i := range records {
		at := int64(startMs + i*1000)
		if i == 60 {
			at = startMs + 1_000_000
		}
		records[i] = &kgo.Record{Topic: topic, Value: []byte("v-" + strconv.Itoa(i)), Timestamp: time.UnixMilli(at)}
	}
	b.send(ctx, records)
	return topic
}

func seek(ctx context.Context, b *broker, topic string) {
	first := func(from kgo.Offset) string { return string(b.read(ctx, topic, 1, 1, from)[0].Value) }
	equal("v-0", first(kgo.NewOffset().AtStart()), "first value")
	equal("v-42", first(kgo.NewOffset().At(42)), "value at 42")
	equal("v-95", first(kgo.NewOffset().AtEnd().Relative(-5)), "five before the end")
	start := map[string]map[int32]kgo.Offset{topic: {0: kgo.NewOffset().At(10)}}
	client := b.newClient(kgo.ConsumePartitions(start))
	defer client.Close()
	equal("v-10", string(poll(ctx, client, 1)[0].Value), "value at 10")
	client.SetOffsets(map[string]map[int32]kgo.EpochOffset{topic: {0: {Epoch: -1, Offset: 77}}})
	equal("v-77", string(poll(ctx, client, 1)[0].Value), "value at 77")
}

func seekToTime(ctx context.Context, b *broker, topic string) {
	records := b.read(ctx, topic, 1, 1, kgo.NewOffset().AfterMilli(startMs+30_500))
	equal("v-31", string(records[0].Value), "value by time")
	listed, _ := must(b.admin.ListOffsetsAfterMilli(ctx, startMs+30_500, topic)).Lookup(topic, 0)
	equal(31, listed.Offset, "offset by time")
	equal(startMs+31_000, listed.Timestamp, "its timestamp")
}

func outOfRange(ctx context.Context, b *broker, topic string) {
	records := b.read(ctx, topic, 1, 1, kgo.NewOffset().At(5000))
	equal("v-0", string(records[0].Value), "reading starts again at the earliest")
	start := map[string]map[int32]kgo.Offset{topic: {0: kgo.NewOffset().At(5000)}}
	client := b.newClient(kgo.ConsumePartitions(start), kgo.ConsumeResetOffset(kgo.NoResetOffset()))
	defer client.Close()
	failsWith(kerr.OffsetOutOfRange, client.PollFetches(ctx).Err())
}

func listOffsets(ctx context.Context, b *broker, topic string) {
	at := func(listed kadm.ListedOffsets, err error) kadm.ListedOffset {
		offset, found := must(listed, err).Lookup(topic, 0)
		isTrue(found, "an answer for the partition")
		ok(offset.Err)
		return offset
	}
	equal(0, at(b.admin.ListStartOffsets(ctx, topic)).Offset, "earliest")
	equal(100, at(b.admin.ListEndOffsets(ctx, topic)).Offset, "latest")
	equal(100, at(b.admin.ListCommittedOffsets(ctx, topic)).Offset, "latest, of committed transactions")
	newest := at(b.admin.ListMaxTimestampOffsets(ctx, topic))
	equal(60, newest.Offset, "offset of the highest timestamp")
	equal(startMs+1_000_000, newest.Timestamp, "highest timestamp")
	equal(0, at(b.admin.ListLocalLogStartOffsets(ctx, topic)).Offset, "earliest local")
	equal(-1, at(b.admin.ListLatestRemoteOffsets(ctx, topic)).Offset, "latest tiered")
}

func leaderEpoch(ctx context.Context, b *broker, topic string) {
	epoch := must(b.admin.ListTopics(ctx, topic))[topic].Partitions[0].LeaderEpoch
	request := kadm.OffsetForLeaderEpochRequest{}
	request.Add(topic, 0, epoch)
	end := must(b.admin.OffsetForLeaderEpoch(ctx, request))[topic][0]
	ok(end.Err)
	equal(epoch, end.LeaderEpoch, "epoch")
	equal(100, end.EndOffset, "end of the epoch")
}

func lag(ctx context.Context, b *broker, topic string) {
	group := b.name("group")
	offsets := kadm.Offsets{}
	offsets.Add(kadm.Offset{Topic: topic, Partition: 0, At: 30, LeaderEpoch: -1})
	ok(b.admin.CommitAllOffsets(ctx, group, offsets))
	lags := must(b.admin.Lag(ctx, group))
	equal(int64(70), lags[group].Lag.Total(), "lag")
}
