package main

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

const group = "fault-group"

// reader is a member of a group: it notes what it was shown and what it has committed.
type reader struct {
	log       *events
	topic     string
	client    *kgo.Client
	mutex     sync.Mutex
	committed map[int32]int64 // acknowledged, by partition
}

func newReader(bootstrap string, log *events, topic string, partitions int) *reader {
	client := newClient(bootstrap,
		kgo.ConsumerGroup(group),
		kgo.ConsumeTopics(topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.DisableAutoCommit(),
		kgo.SessionTimeout(6*time.Second),
		kgo.HeartbeatInterval(500*time.Millisecond),
	)
	return &reader{log: log, topic: topic, client: client, committed: map[int32]int64{}}
}

func (r *reader) read(stop <-chan struct{}) {
	defer r.client.Close()
	for {
		ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
		fetches := r.client.PollRecords(ctx, 2000)
		cancel()
		fetches.EachRecord(func(record *kgo.Record) {
			r.log.line("seen %d %d %s", record.Partition, record.Offset, head(record.Value))
		})
		r.commit()
		select {
		case <-stop:
			return
		default:
		}
	}
}

func (r *reader) commit() {
	uncommitted := r.client.UncommittedOffsets()
	if len(uncommitted) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	r.client.CommitOffsetsSync(ctx, uncommitted, func(_ *kgo.Client, _ *kmsg.OffsetCommitRequest, response *kmsg.OffsetCommitResponse, err error) {
		// Not acknowledged: it may hold or not, and the member reads again.
		if err != nil {
			return
		}
		r.mutex.Lock()
		defer r.mutex.Unlock()
		for _, topic := range response.Topics {
			for _, partition := range topic.Partitions {
				if partition.ErrorCode == 0 {
					r.committed[partition.Partition] = uncommitted[topic.Topic][partition.Partition].Offset
					r.log.line("commit %d %d", partition.Partition, r.committed[partition.Partition])
				}
			}
		}
	})
}

// watch asks again and again for the committed offsets: none may be below one that was acknowledged or seen before.
func (r *reader) watch(admin *kadm.Client, stop <-chan struct{}) {
	lowest := map[int32]int64{}
	for {
		select {
		case <-stop:
			return
		case <-time.After(100 * time.Millisecond):
		}
		r.mutex.Lock()
		before := maps.Clone(r.committed)
		r.mutex.Unlock()
		for partition, offset := range before {
			lowest[partition] = max(lowest[partition], offset)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		fetched, err := insist(ctx, func() (kadm.OffsetResponses, error) { return admin.FetchOffsets(ctx, group) })
		cancel()
		if err != nil {
			r.log.line("fault committed offsets cannot be fetched: %v", err)
			continue
		}
		for partition, offset := range lowest {
			found, isThere := fetched.Lookup(r.topic, partition)
			if !isThere || found.Err != nil || found.At < offset {
				r.log.line("fault committed offset of partition %d went back from %d to %+v", partition, offset, found)
			} else {
				lowest[partition] = found.At
			}
		}
		r.log.line("fetched %d", len(lowest))
	}
}
