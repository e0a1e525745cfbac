// What many connections and many partitions cost.

package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// apiVersions is a whole request: its length, ApiVersions (18) version 0, correlation id 1, no client id.
var apiVersions = []byte{0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff}

// connections opens connections one after the other and keeps them, then asks for ApiVersions once on each.
func connections(ctx context.Context, b broker, count int) (figures, error) {
	meter, err := b.meter()
	if err != nil {
		return nil, err
	}
	open := make([]net.Conn, 0, count)
	defer func() {
		for _, each := range open {
			each.Close()
		}
	}()
	dialer := net.Dialer{Timeout: waitLimit}
	for range count {
		connection, err := dialer.DialContext(ctx, "tcp", b.address)
		if err != nil {
			return nil, fmt.Errorf("after %d of %d connections: %w", len(open), count, err)
		}
		open = append(open, connection)
	}
	var samples samples
	for _, each := range open {
		asked := time.Now()
		each.SetDeadline(asked.Add(waitLimit))
		if err := ask(each); err != nil {
			return nil, err
		}
		samples.add(time.Since(asked))
	}
	seconds, _, growth, _, err := meter.stop()
	return figures{"all_s": seconds, "roundtrip_p50_ms": samples.percentile(50), "roundtrip_p99_ms": samples.percentile(99),
		"rss_growth_mib": growth}, err
}

func ask(connection net.Conn) error {
	if _, err := connection.Write(apiVersions); err != nil {
		return err
	}
	length := make([]byte, 4)
	if _, err := io.ReadFull(connection, length); err != nil {
		return err
	}
	_, err := io.CopyN(io.Discard, connection, int64(binary.BigEndian.Uint32(length)))
	return err
}

// partitions creates a topic of that many partitions and sends one record to each.
func partitions(ctx context.Context, b broker, count int) (figures, error) {
	meter, err := b.meter()
	if err != nil {
		return nil, err
	}
	topic, err := b.createTopic(ctx, count, brokerDefault)
	if err != nil {
		return nil, err
	}
	defer b.deleteTopic(ctx, topic)
	created := time.Now()
	client, err := b.connect(kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProduceRequestTimeout(time.Minute))
	if err != nil {
		return nil, err
	}
	defer client.Close()
	records := make([]*kgo.Record, count)
	for i := range records {
		records[i] = &kgo.Record{Topic: topic, Partition: int32(i), Value: []byte("x")}
	}
	if err := client.ProduceSync(ctx, records...).FirstErr(); err != nil {
		return nil, err
	}
	wrote := time.Since(created).Seconds()
	_, cpu, _, rss, err := meter.stop()
	return figures{"create_s": created.Sub(meter.began).Seconds(), "one_record_each_s": wrote, "cpu_s": cpu, "rss_mib": rss}, err
}
