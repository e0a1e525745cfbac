package checks

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// runner holds the client under test, and makes topics under names that no other check, and no other run, uses.
type runner struct {
	client Client
	suite  *suite
	limits Limits
	quick  bool // fewer records, the same checks
	run    string
	names  atomic.Int64
}

// Bootstrap is the broker under test, HOST:PORT.
func Bootstrap() string {
	if address := os.Getenv("BOOTSTRAP"); address != "" {
		return address
	}
	return "127.0.0.1:9092"
}

// Limits are what a client cannot do.
type Limits struct {
	// Lacks names the checks to skip, with the reason.
	Lacks map[string]string
	// EmptyIsNull: the client reads empty bytes as null.
	EmptyIsNull bool
	// NoSynonyms: the client does not ask for the synonyms of configs.
	NoSynonyms bool
}

// Run runs all checks within the limits of the client and returns the exit status.
func Run(name string, client Client, limits Limits) int {
	r := &runner{
		client: client,
		suite:  &suite{lacks: limits.Lacks},
		limits: limits,
		quick:  os.Getenv("QUICK") == "1",
		run:    name + "-" + strconv.FormatInt(time.Now().UnixMilli(), 36) + "-",
	}
	r.topicChecks()
	r.roundTripChecks()
	r.groupChecks()
	r.offsetChecks()
	r.clusterChecks()
	r.sizeChecks()
	r.suite.check("remove the topics", r.removeTopics)
	return r.suite.finish()
}

func (r *runner) name(what string) string {
	return fmt.Sprintf("%s%s-%d", r.run, what, r.names.Add(1))
}

// topic makes a topic that no other check uses.
func (r *runner) topic(ctx context.Context, partitions int32, configs map[string]string) string {
	topic := r.name("topic")
	ok(r.client.CreateTopic(ctx, topic, TopicShape{Partitions: partitions, Replicas: 1, Configs: configs}))
	// A broker may answer before each partition takes records, and what is sent without acknowledgement is lost till then.
	eventually("the topic is ready", func() bool {
		for p := range partitions {
			if _, err := r.client.ListOffset(ctx, topic, p, Latest, false); err != nil {
				return false
			}
		}
		return true
	})
	return topic
}

// removeTopics deletes the topics of this run.
func (r *runner) removeTopics(ctx context.Context) {
	for _, topic := range must(r.client.ListTopics(ctx)) {
		if strings.HasPrefix(topic, r.run) {
			ok(r.client.DeleteTopic(ctx, topic))
		}
	}
}

// send produces the records with a producer of its own.
func (r *runner) send(ctx context.Context, topic string, records []*Record, how Sending) {
	producer := must(r.client.NewProducer(how))
	defer producer.Close()
	ok(producer.Produce(ctx, topic, records))
}

// produce sends count records "prefix-0", ... over the partitions in turn.
func (r *runner) produce(ctx context.Context, topic string, partitions int, prefix string, count int) {
	records := make([]*Record, count)
	for i := range records {
		records[i] = &Record{Partition: int32(i % partitions), Value: []byte(prefix + "-" + strconv.Itoa(i))}
	}
	r.send(ctx, topic, records, Sending{Acks: "all"})
}

// read reads count records of a partition from an offset on.
func (r *runner) read(ctx context.Context, topic string, partition int32, from int64, count int) []*Record {
	ctx, cancel := context.WithTimeout(ctx, waitLimit)
	defer cancel()
	reader := must(r.client.NewReader(topic, partition))
	defer reader.Close()
	ok(reader.Seek(ctx, from))
	return must(reader.Read(ctx, count))
}

// readAll reads all that is in a topic.
func (r *runner) readAll(ctx context.Context, topic string, partitions int32) []*Record {
	var all []*Record
	for p := range partitions {
		start := must(r.client.ListOffset(ctx, topic, p, Earliest, false)).Offset
		end := must(r.client.ListOffset(ctx, topic, p, Latest, false)).Offset
		if end > start {
			all = append(all, r.read(ctx, topic, p, Earliest, int(end-start))...)
		}
	}
	return all
}
