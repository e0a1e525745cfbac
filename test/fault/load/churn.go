package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

const churnNames = 6

// churned is one topic that comes and goes.
type churned struct {
	name       string
	exists     bool
	id         [16]byte
	generation int
	records    int
}

// churn creates and deletes topics, puts records in them, and looks that each begins empty. At its end it notes which
// exist, with their generation and the number of their records.
func churn(bootstrap string, log *events, seed int, stop <-chan struct{}) {
	random := rand.New(rand.NewPCG(uint64(seed), 1_000_000))
	client := newClient(bootstrap)
	defer client.Close()
	topics := make([]*churned, churnNames)
	for i := range topics {
		topics[i] = &churned{name: fmt.Sprintf("churn-%d", i)}
	}
	steps := 0
	for {
		select {
		case <-stop:
			for _, topic := range topics {
				if topic.exists {
					log.line("exists %s %d %d", topic.name, topic.generation, topic.records)
				} else {
					log.line("gone %s", topic.name)
				}
			}
			log.line("churned %d", steps)
			return
		default:
		}
		topic := topics[random.IntN(len(topics))]
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		var err error
		if topic.exists {
			err = topic.remove(ctx, client)
		} else {
			err = topic.create(ctx, bootstrap, client, random)
		}
		cancel()
		if err != nil {
			log.line("fault topic %s, generation %d, exists %v: %v", topic.name, topic.generation, topic.exists, err)
		}
		steps++
	}
}

// create makes the topic; that it exists already is as good, for the answer to an earlier try may have been lost.
func (t *churned) create(ctx context.Context, bootstrap string, client *kgo.Client, random *rand.Rand) error {
	admin := kadm.NewClient(client)
	partitions := int32(1 + random.IntN(3))
	created, err := insist(ctx, func() (kadm.CreateTopicResponses, error) {
		return admin.CreateTopics(ctx, partitions, 1, nil, t.name)
	})
	if err != nil {
		return err
	}
	if err := created[t.name].Err; err != nil && !errors.Is(err, kerr.TopicAlreadyExists) {
		return err
	}
	t.exists, t.records = true, 0
	t.generation++
	listed, err := t.describe(ctx, client)
	if err != nil {
		return err
	}
	if t.id = listed.TopicID; listed.ErrorCode != 0 || len(listed.Partitions) != int(partitions) {
		return fmt.Errorf("created with %d partitions and listed as %+v", partitions, listed)
	}
	ends, err := insist(ctx, func() (kadm.ListedOffsets, error) { return admin.ListEndOffsets(ctx, t.name) })
	if err != nil {
		return err
	}
	for _, end := range ends.Offsets()[t.name] {
		if end.At != 0 {
			return fmt.Errorf("a new partition ends at %d", end.At)
		}
	}
	return t.fill(ctx, bootstrap, int(partitions), random)
}

// fill uses a client of its own: one that knew the topic under its old id would have to find that out first.
func (t *churned) fill(ctx context.Context, bootstrap string, partitions int, random *rand.Rand) error {
	client := newClient(bootstrap, kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.UnknownTopicRetries(-1))
	defer client.Close()
	records := make([]*kgo.Record, random.IntN(20))
	for i := range records {
		value := fmt.Appendf(nil, "%s#%d#%d", t.name, t.generation, i)
		records[i] = &kgo.Record{Topic: t.name, Partition: int32(random.IntN(partitions)), Value: value}
	}
	if err := client.ProduceSync(ctx, records...).FirstErr(); err != nil {
		return err
	}
	t.records = len(records)
	prefix := fmt.Sprintf("%s#%d#", t.name, t.generation)
	read := 0
	var wrong error
	readAll(ctx, bootstrap, t.name, func(record *kgo.Record) {
		read++
		if !strings.HasPrefix(string(record.Value), prefix) {
			wrong = fmt.Errorf("an old record is there: %s", record.Value)
		}
	})
	if wrong == nil && read != t.records {
		wrong = fmt.Errorf("%d of %d records are there", read, t.records)
	}
	return wrong
}

// remove deletes the topic, which must still be the one that was made.
func (t *churned) remove(ctx context.Context, client *kgo.Client) error {
	admin := kadm.NewClient(client)
	listed, err := t.describe(ctx, client)
	if err != nil {
		return err
	}
	if listed.ErrorCode != 0 || listed.TopicID != t.id {
		t.exists = false
		return fmt.Errorf("the topic of id %x is now %+v", t.id, listed)
	}
	deleted, err := insist(ctx, func() (kadm.DeleteTopicResponses, error) { return admin.DeleteTopics(ctx, t.name) })
	if err != nil {
		return err
	}
	if err := deleted[t.name].Err; err != nil && !errors.Is(err, kerr.UnknownTopicOrPartition) {
		return err
	}
	t.exists = false
	listed, err = t.describe(ctx, client)
	if err != nil {
		return err
	}
	if !errors.Is(kerr.ErrorForCode(listed.ErrorCode), kerr.UnknownTopicOrPartition) {
		return fmt.Errorf("deleted, and listed as %+v", listed)
	}
	return nil
}

// describe asks the broker; what kadm lists may be remembered.
func (t *churned) describe(ctx context.Context, client *kgo.Client) (kmsg.MetadataResponseTopic, error) {
	request := kmsg.NewPtrMetadataRequest()
	topic := kmsg.NewMetadataRequestTopic()
	topic.Topic = &t.name
	request.Topics = []kmsg.MetadataRequestTopic{topic}
	response, err := insist(ctx, func() (*kmsg.MetadataResponse, error) { return request.RequestWith(ctx, client) })
	if err != nil {
		return kmsg.MetadataResponseTopic{}, err
	}
	return response.Topics[0], nil
}
