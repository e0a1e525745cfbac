// Command load puts a broker under load that is killed meanwhile, and writes down what it acknowledged.
//
//	load run BOOTSTRAP EVENTS SEED TOPIC PARTITIONS PRODUCERS  until stdin ends, then until all is acknowledged
//	load read BOOTSTRAP TOPIC                                  prints every record: "PARTITION OFFSET VALUE"
//	load stuck BOOTSTRAP COUNT MORE_BYTES                      holds connections that read nothing: see stuck.go
//
// It judges only what must be judged while it runs ("fault ..." lines); the rest is for the reader of its events.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// events are lines in a file.
type events struct {
	mutex sync.Mutex
	out   *bufio.Writer
}

func (e *events) line(format string, arguments ...any) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	fmt.Fprintf(e.out, format+"\n", arguments...)
}

func main() {
	if len(os.Args) == 8 && os.Args[1] == "run" {
		run(os.Args[2], os.Args[3], number(os.Args[4]), os.Args[5], number(os.Args[6]), number(os.Args[7]))
	} else if len(os.Args) == 4 && os.Args[1] == "read" {
		read(os.Args[2], os.Args[3])
	} else if len(os.Args) == 5 && os.Args[1] == "stuck" {
		stuck(os.Args[2], number(os.Args[3]), number(os.Args[4]))
	} else {
		fmt.Fprintln(os.Stderr, "usage: load run ... | load read ... | load stuck ...: see main.go")
		os.Exit(2)
	}
}

func run(bootstrap, path string, seed int, topic string, partitions, producers int) {
	file := must(os.Create(path))
	log := &events{out: bufio.NewWriterSize(file, 1<<20)}
	admin := kadm.NewClient(newClient(bootstrap))
	// Small segments, so that kills meet rolls.
	segmentBytes := "1048576"
	must(admin.CreateTopic(context.Background(), int32(partitions), 1, map[string]*string{"segment.bytes": &segmentBytes}, topic))

	stop := make(chan struct{})
	var working, watching sync.WaitGroup
	acknowledged := make([]int, producers)
	for producer := range producers {
		working.Go(func() {
			acknowledged[producer] = produce(bootstrap, log, seed, topic, partitions, producer, stop)
		})
	}
	working.Go(func() { churn(bootstrap, log, seed, stop) })
	reader := newReader(bootstrap, log, topic, partitions)
	watching.Go(func() { reader.read(stop) })
	watching.Go(func() { reader.watch(admin, stop) })

	io.Copy(io.Discard, os.Stdin)
	close(stop)
	working.Wait()
	watching.Wait()
	sum := 0
	for _, count := range acknowledged {
		sum += count
	}
	log.line("end %d", sum)
	ok(log.out.Flush())
	ok(file.Close())
}

func newClient(bootstrap string, options ...kgo.Opt) *kgo.Client {
	common := []kgo.Opt{
		kgo.SeedBrokers(bootstrap),
		kgo.FetchMaxWait(100 * time.Millisecond),
		kgo.MetadataMinAge(50 * time.Millisecond),
		kgo.RequestRetries(1000),
		kgo.RetryTimeout(time.Minute),
		kgo.RetryBackoffFn(func(int) time.Duration { return 50 * time.Millisecond }),
	}
	return must(kgo.NewClient(append(common, options...)...))
}

// read prints all records between the start and the end that each partition has now.
func read(bootstrap, topic string) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	readAll(ctx, bootstrap, topic, func(record *kgo.Record) {
		fmt.Fprintf(out, "%d %d %s\n", record.Partition, record.Offset, head(record.Value))
	})
	ok(out.Flush())
}

func readAll(ctx context.Context, bootstrap, topic string, take func(*kgo.Record)) {
	client := newClient(bootstrap, kgo.FetchMaxBytes(4<<20))
	defer client.Close()
	ends := must(insist(ctx, func() (kadm.ListedOffsets, error) {
		return kadm.NewClient(client).ListEndOffsets(ctx, topic)
	}))
	ok(ends.Error())
	left := map[int32]int64{}
	starts := map[int32]kgo.Offset{}
	ends.Each(func(end kadm.ListedOffset) {
		if end.Offset > 0 {
			left[end.Partition] = end.Offset
			starts[end.Partition] = kgo.NewOffset().At(0)
		}
	})
	client.AddConsumePartitions(map[string]map[int32]kgo.Offset{topic: starts})
	for len(left) > 0 {
		fetches := client.PollFetches(ctx)
		ok(fetches.Err())
		fetches.EachRecord(func(record *kgo.Record) {
			take(record)
			if end, isOpen := left[record.Partition]; isOpen && record.Offset+1 >= end {
				delete(left, record.Partition)
			}
		})
	}
}

// head is what identifies a record: the value up to its padding.
func head(value []byte) string {
	for i, b := range value {
		if b == '.' {
			return string(value[:i])
		}
	}
	return string(value)
}

// insist asks again while there is no broker to answer; what a broker answers counts, an error or not.
func insist[T any](ctx context.Context, ask func() (T, error)) (T, error) {
	for {
		answer, err := ask()
		var refused *kerr.Error
		if err == nil || errors.As(err, &refused) || ctx.Err() != nil {
			return answer, err
		}
		time.Sleep(30 * time.Millisecond)
	}
}

func number(text string) int { return must(strconv.Atoi(text)) }

func ok(err error) {
	if err != nil {
		panic(err)
	}
}

func must[T any](value T, err error) T {
	ok(err)
	return value
}
