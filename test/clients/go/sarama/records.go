package main

import (
	"context"
	"time"

	"github.com/IBM/sarama"

	"odradek/clients/checks"
)

var codecs = map[string]sarama.CompressionCodec{
	"gzip": sarama.CompressionGZIP, "snappy": sarama.CompressionSnappy,
	"lz4": sarama.CompressionLZ4, "zstd": sarama.CompressionZSTD,
}

var acks = map[string]sarama.RequiredAcks{"0": sarama.NoResponse, "1": sarama.WaitForLocal, "all": sarama.WaitForAll}

type producer struct{ sarama.SyncProducer }

func (*client) NewProducer(how checks.Sending) (checks.Producer, error) {
	config := newConfig()
	config.Producer.Return.Successes = true
	config.Producer.RequiredAcks = acks[how.Acks]
	config.Producer.Compression = codecs[how.Codec]
	config.Producer.MaxMessageBytes = 4_000_000
	config.Producer.Partitioner = sarama.NewManualPartitioner
	if how.ByKey {
		config.Producer.Partitioner = sarama.NewMurmur2Partitioner
	}
	if how.Idempotent {
		config.Producer.Idempotent = true
		config.Net.MaxOpenRequests = 1
	}
	made, err := sarama.NewSyncProducer([]string{checks.Bootstrap()}, config)
	return producer{made}, err
}

func (p producer) Produce(_ context.Context, topic string, records []*checks.Record) error {
	messages := make([]*sarama.ProducerMessage, len(records))
	for i, record := range records {
		messages[i] = message(topic, record)
	}
	err := p.SendMessages(messages)
	for i, sent := range messages {
		records[i].Partition, records[i].Offset = sent.Partition, sent.Offset
	}
	return err
}

func message(topic string, record *checks.Record) *sarama.ProducerMessage {
	message := &sarama.ProducerMessage{Topic: topic, Partition: record.Partition}
	if record.Key != nil {
		message.Key = sarama.ByteEncoder(record.Key)
	}
	if record.Value != nil {
		message.Value = sarama.ByteEncoder(record.Value)
	}
	if record.Time != 0 {
		message.Timestamp = time.UnixMilli(record.Time)
	}
	for _, header := range record.Headers {
		message.Headers = append(message.Headers, sarama.RecordHeader{Key: []byte(header.Key), Value: header.Value})
	}
	return message
}

// reader reads one partition; each seek starts anew.
type reader struct {
	consumer  sarama.Consumer
	partition sarama.PartitionConsumer
	topic     string
	number    int32
	last      int64
}

func (*client) NewReader(topic string, partition int32) (checks.Reader, error) {
	consumer, err := sarama.NewConsumer([]string{checks.Bootstrap()}, newConfig())
	return &reader{consumer: consumer, topic: topic, number: partition}, err
}

func (r *reader) Seek(_ context.Context, offset int64) (err error) {
	if err := r.stop(); err != nil {
		return err
	}
	r.partition, err = r.consumer.ConsumePartition(r.topic, r.number, offset)
	return err
}

// stop ends reading. What was read ahead goes.
func (r *reader) stop() error {
	if r.partition == nil {
		return nil
	}
	partition := r.partition
	r.partition = nil
	return partition.Close()
}

func (r *reader) Read(ctx context.Context, count int) ([]*checks.Record, error) {
	var records []*checks.Record
	for len(records) < count {
		select {
		case message := <-r.partition.Messages():
			records = append(records, record(message))
			r.last = message.Offset
		case err := <-r.partition.Errors():
			return records, err
		case <-ctx.Done():
			return records, ctx.Err()
		}
	}
	return records, nil
}

func record(message *sarama.ConsumerMessage) *checks.Record {
	record := &checks.Record{
		Partition: message.Partition,
		Offset:    message.Offset,
		Key:       message.Key,
		Value:     message.Value,
		Time:      message.Timestamp.UnixMilli(),
	}
	for _, header := range message.Headers {
		record.Headers = append(record.Headers, checks.Header{Key: string(header.Key), Value: header.Value})
	}
	return record
}

func (r *reader) Lag(context.Context) (int64, error) {
	return r.partition.HighWaterMarkOffset() - r.last - 1, nil
}

func (r *reader) Close() error {
	if err := r.stop(); err != nil {
		return err
	}
	return r.consumer.Close()
}
