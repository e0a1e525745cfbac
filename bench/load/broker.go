// The broker under load: its topics, and what its process costs.

package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

type broker struct {
	address string // HOST:PORT
	pid     int
}

// flushMessages is a topic's flush.messages: after how many records the broker syncs before it answers.
type flushMessages string

const (
	brokerDefault flushMessages = "" // not set
	pageCache     flushMessages = "9223372036854775807"
	everyBatch    flushMessages = "1"
)

// keepTopics makes deleteTopic do nothing.
var keepTopics bool

// connect makes a client that asks again for what it did not get as soon as it may: at franz-go's default, one answer
// that came too early costs five seconds, and that is all that would be measured.
func (b broker) connect(more ...kgo.Opt) (*kgo.Client, error) {
	return kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(b.address), kgo.MetadataMinAge(50 * time.Millisecond)}, more...)...)
}

// createTopic returns when every partition answers.
func (b broker) createTopic(ctx context.Context, partitions int, sync flushMessages) (string, error) {
	client, err := b.connect()
	if err != nil {
		return "", err
	}
	defer client.Close()
	configs := map[string]*string{}
	if sync != brokerDefault {
		configs["flush.messages"] = kadm.StringPtr(string(sync))
	}
	name := fmt.Sprintf("bench-%d", time.Now().UnixNano())
	admin := kadm.NewClient(client)
	if _, err = admin.CreateTopic(ctx, int32(partitions), 1, configs, name); err != nil {
		return "", err
	}
	// Kafka tells of the topic before it has opened the partitions.
	for {
		offsets, err := admin.ListEndOffsets(ctx, name)
		if err == nil && offsets.Error() == nil && len(offsets[name]) == partitions {
			return name, nil
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("not all partitions of a new topic answered: %w", ctx.Err())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// deleteTopic tells of a failure on stderr only: the run was measured.
func (b broker) deleteTopic(ctx context.Context, name string) {
	if keepTopics {
		return
	}
	client, err := b.connect()
	if err == nil {
		defer client.Close()
		_, err = kadm.NewClient(client).DeleteTopic(ctx, name)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s was not deleted: %v\n", name, err)
	}
}

// cost is what the process used up to now: CPU seconds (user and system) and MiB of resident memory.
type cost struct{ cpu, rss float64 }

func (b broker) cost() (cost, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", b.pid))
	if err != nil {
		return cost{}, err
	}
	// The program's name, in parentheses, may contain blanks; utime and stime are fields 14 and 15, in hundredths.
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	user, _ := strconv.ParseFloat(fields[11], 64)
	system, _ := strconv.ParseFloat(fields[12], 64)
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", b.pid))
	if err != nil {
		return cost{}, err
	}
	_, rest, _ = strings.Cut(string(status), "VmRSS:")
	kib, err := strconv.ParseFloat(strings.Fields(rest + " ?")[0], 64)
	return cost{(user + system) / 100, kib / 1024}, err
}

// meter is started before the measured part of a run.
type meter struct {
	broker broker
	began  time.Time
	before cost
}

func (b broker) meter() (meter, error) {
	before, err := b.cost()
	return meter{b, time.Now(), before}, err
}

// stop returns the seconds that have passed, the CPU seconds spent in them, the growth of the resident memory and its
// size now, in MiB.
func (m meter) stop() (seconds, cpu, growth, rss float64, err error) {
	seconds = time.Since(m.began).Seconds()
	after, err := m.broker.cost()
	return seconds, after.cpu - m.before.cpu, after.rss - m.before.rss, after.rss, err
}
