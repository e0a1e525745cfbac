package main

import (
	"context"
	"errors"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"odradek/clients/checks"
)

var codecs = map[string]kgo.CompressionCodec{
	"gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(),
	"lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression(),
}

var acks = map[string]kgo.Acks{"0": kgo.NoAck(), "1": kgo.LeaderAck(), "all": kgo.AllISRAcks()}

type producer struct{ *kgo.Client }

func (*client) NewProducer(how checks.Sending) (checks.Producer, error) {
	codec, known := codecs[how.Codec]
	if !known {
		codec = kgo.NoCompression()
	}
	options := []kgo.Opt{
		kgo.ProducerBatchCompression(codec),
		kgo.ProducerBatchMaxBytes(4_000_000),
		kgo.RequiredAcks(acks[how.Acks]),
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
	}
	if how.ByKey {
		options = append(options, kgo.RecordPartitioner(kgo.StickyKeyPartitioner(nil)))
	}
	if !how.Idempotent {
		options = append(options, kgo.DisableIdempotentWrite())
	}
	client, err := open(options...)
	return producer{client}, err
}

func (p producer) Close() error {
	p.Client.Close()
	return nil
}

func (p producer) Produce(ctx context.Context, topic string, records []*checks.Record) error {
	sent := make([]*kgo.Record, len(records))
	for i, record := range records {
		sent[i] = &kgo.Record{Topic: topic, Partition: record.Partition, Key: record.Key, Value: record.Value}
		if record.Time != 0 {
			sent[i].Timestamp = time.UnixMilli(record.Time)
		}
		for _, header := range record.Headers {
			sent[i].Headers = append(sent[i].Headers, kgo.RecordHeader{Key: header.Key, Value: header.Value})
		}
	}
	err := p.ProduceSync(ctx, sent...).FirstErr()
	for i, record := range sent {
		records[i].Partition, records[i].Offset = record.Partition, record.Offset
	}
	return err
}

// reader reads one partition. It starts with the first seek.
type reader struct {
	client    *kgo.Client
	topic     string
	partition int32
	last, end int64
}

func (*client) NewReader(topic string, partition int32) (checks.Reader, error) {
	client, err := open(kgo.ConsumeResetOffset(kgo.NoResetOffset()))
	return &reader{client: client, topic: topic, partition: partition}, err
}

func (r *reader) Seek(ctx context.Context, offset int64) error {
	if offset < 0 {
		// What is asked for only when reading starts would be too late for the end.
		admin := kadm.NewClient(r.client)
		list := admin.ListEndOffsets
		if offset == checks.Earliest {
			list = admin.ListStartOffsets
		}
		listed, err := list(ctx, r.topic)
		if err = errors.Join(err, listed.Error()); err != nil {
			return err
		}
		found, _ := listed.Lookup(r.topic, r.partition)
		offset = found.Offset
	}
	at := map[string]map[int32]kgo.Offset{r.topic: {r.partition: kgo.NewOffset().At(offset)}}
	r.client.RemoveConsumePartitions(map[string][]int32{r.topic: {r.partition}})
	r.client.AddConsumePartitions(at)
	return nil
}

func (r *reader) Read(ctx context.Context, count int) ([]*checks.Record, error) {
	records := make([]*checks.Record, 0, count)
	for len(records) < count {
		fetches := r.client.PollRecords(ctx, count-len(records))
		if err := fetches.Err(); err != nil {
			return records, err
		}
		fetches.EachPartition(func(fetched kgo.FetchTopicPartition) { r.end = fetched.HighWatermark })
		fetches.EachRecord(func(one *kgo.Record) {
			records = append(records, record(one))
			r.last = one.Offset
		})
	}
	return records, nil
}

func record(one *kgo.Record) *checks.Record {
	record := &checks.Record{
		Partition: one.Partition,
		Offset:    one.Offset,
		Key:       one.Key,
		Value:     one.Value,
		Time:      one.Timestamp.UnixMilli(),
		TimeType:  checks.CreateTime,
	}
	if one.Attrs.TimestampType() == 1 {
		record.TimeType = checks.AppendTime
	}
	for _, header := range one.Headers {
		record.Headers = append(record.Headers, checks.Header{Key: header.Key, Value: header.Value})
	}
	return record
}

func (r *reader) Lag(context.Context) (int64, error) { return r.end - r.last - 1, nil }

func (r *reader) Close() error {
	r.client.Close()
	return nil
}

func (c *client) DeleteRecords(ctx context.Context, topic string, partition int32, before int64) error {
	to := kadm.Offsets{}
	to.Add(kadm.Offset{Topic: topic, Partition: partition, At: before})
	deleted, err := c.admin.DeleteRecords(ctx, to)
	if err != nil {
		return err
	}
	one, _ := deleted.Lookup(topic, partition)
	if one.Err == nil && before >= 0 && one.LowWatermark != before {
		return errors.New("another low watermark")
	}
	return one.Err
}

func (c *client) ListOffset(
	ctx context.Context, topic string, partition int32, at int64, committed bool,
) (checks.Listed, error) {
	list := map[int64]func(context.Context, ...string) (kadm.ListedOffsets, error){
		checks.Latest:        c.admin.ListEndOffsets,
		checks.Earliest:      c.admin.ListStartOffsets,
		checks.MaxTimestamp:  c.admin.ListMaxTimestampOffsets,
		checks.EarliestLocal: c.admin.ListLocalLogStartOffsets,
		checks.LatestTiered:  c.admin.ListLatestRemoteOffsets,
	}[at]
	if committed {
		list = c.admin.ListCommittedOffsets
	}
	if at >= 0 {
		list = func(ctx context.Context, topics ...string) (kadm.ListedOffsets, error) {
			return c.admin.ListOffsetsAfterMilli(ctx, at, topics...)
		}
	}
	listed, err := list(ctx, topic)
	if err != nil {
		return checks.Listed{}, err
	}
	found, known := listed.Lookup(topic, partition)
	if !known {
		return checks.Listed{}, errors.New("no answer for the partition")
	}
	if at >= 0 && found.Timestamp == -1 {
		found.Offset = -1 // The client puts the end in place of none.
	}
	return checks.Listed{Offset: found.Offset, Time: found.Timestamp}, found.Err
}

func (c *client) EpochEnd(ctx context.Context, topic string, partition int32) (asked, epoch int32, end int64, err error) {
	listed, err := c.admin.ListTopics(ctx, topic)
	if err != nil {
		return 0, 0, 0, err
	}
	asked = listed[topic].Partitions[partition].LeaderEpoch
	request := kadm.OffsetForLeaderEpochRequest{}
	request.Add(topic, partition, asked)
	answer, err := c.admin.OffsetForLeaderEpoch(ctx, request)
	if err != nil {
		return asked, 0, 0, err
	}
	one := answer[topic][partition]
	return asked, one.LeaderEpoch, one.EndOffset, one.Err
}
