package main

import (
	"context"
	"time"

	"github.com/segmentio/kafka-go"

	"odradek/clients/checks"
)

var codecs = map[string]kafka.Compression{
	"gzip": kafka.Gzip, "snappy": kafka.Snappy, "lz4": kafka.Lz4, "zstd": kafka.Zstd,
}

var acks = map[string]kafka.RequiredAcks{"0": kafka.RequireNone, "1": kafka.RequireOne, "all": kafka.RequireAll}

type producer struct{ *kafka.Writer }

func (c *client) NewProducer(how checks.Sending) (checks.Producer, error) {
	writer := &kafka.Writer{
		Addr:         c.address,
		Transport:    c.transport,
		Balancer:     kafka.BalancerFunc(partitionOf),
		BatchBytes:   4_000_000,
		BatchSize:    1000,
		BatchTimeout: 5 * time.Millisecond,
		RequiredAcks: acks[how.Acks],
		Compression:  codecs[how.Codec],
		Completion:   placed,
	}
	if how.ByKey {
		writer.Balancer = kafka.Murmur2Balancer{}
	}
	return producer{writer}, nil
}

// partitionOf is what the record says: the writer has no field for it.
func partitionOf(message kafka.Message, _ ...int) int {
	return int(message.WriterData.(*checks.Record).Partition)
}

// placed is told where messages went.
func placed(messages []kafka.Message, err error) {
	if err != nil {
		return
	}
	for _, message := range messages {
		record := message.WriterData.(*checks.Record)
		record.Partition, record.Offset = int32(message.Partition), message.Offset
	}
}

func (p producer) Produce(ctx context.Context, topic string, records []*checks.Record) error {
	messages := make([]kafka.Message, len(records))
	for i, record := range records {
		messages[i] = kafka.Message{Topic: topic, Key: record.Key, Value: record.Value, WriterData: record}
		if record.Time != 0 {
			messages[i].Time = time.UnixMilli(record.Time)
		}
		for _, header := range record.Headers {
			messages[i].Headers = append(messages[i].Headers, kafka.Header{Key: header.Key, Value: header.Value})
		}
	}
	return p.WriteMessages(ctx, messages...)
}

type reader struct {
	*kafka.Reader
	client *client
}

func (c *client) NewReader(topic string, partition int32) (checks.Reader, error) {
	return &reader{Reader: newReader(topic, int(partition)), client: c}, nil
}

func newReader(topic string, partition int) *kafka.Reader {
	return kafka.NewReader(kafka.ReaderConfig{
		Brokers:               []string{checks.Bootstrap()},
		Topic:                 topic,
		Partition:             partition,
		MaxWait:               50 * time.Millisecond,
		MaxBytes:              10_000_000,
		ReadBackoffMin:        10 * time.Millisecond,
		ReadBackoffMax:        100 * time.Millisecond,
		OffsetOutOfRangeError: true,
	})
}

func (r *reader) Seek(ctx context.Context, offset int64) error {
	// The reader would look for the end only when it starts to read.
	if offset == checks.Latest {
		config := r.Config()
		listed, err := r.client.ListOffset(ctx, config.Topic, int32(config.Partition), offset, false)
		if err != nil {
			return err
		}
		offset = listed.Offset
	}
	return r.SetOffset(offset)
}

func (r *reader) Read(ctx context.Context, count int) ([]*checks.Record, error) {
	records := make([]*checks.Record, 0, count)
	for len(records) < count {
		message, err := r.ReadMessage(ctx)
		if err != nil {
			return records, err
		}
		record := &checks.Record{
			Partition: int32(message.Partition),
			Offset:    message.Offset,
			Key:       message.Key,
			Value:     message.Value,
			Time:      message.Time.UnixMilli(),
		}
		for _, header := range message.Headers {
			record.Headers = append(record.Headers, checks.Header{Key: header.Key, Value: header.Value})
		}
		records = append(records, record)
	}
	return records, nil
}

func (r *reader) Lag(context.Context) (int64, error) { return r.Reader.Lag(), nil }
