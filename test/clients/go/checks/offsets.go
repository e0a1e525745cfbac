package checks

import (
	"context"
	"strconv"
)

// offsetChecks: starting points, offsets by time, lag.
func (r *runner) offsetChecks() {
	var topic string
	on := func(body func(ctx context.Context, topic string)) func(ctx context.Context) {
		return func(ctx context.Context) {
			if topic == "" {
				topic = r.filled(ctx)
			}
			body(ctx, topic)
		}
	}
	r.suite.check("seek to beginning, end and offset", on(r.seek))
	r.suite.check("seek to a timestamp", on(r.seekToTime))
	r.suite.check("seek out of range", on(r.outOfRange))
	r.suite.check("list offsets", on(r.listOffsets))
	r.suite.check("list offsets by highest timestamp and tier", on(r.listNewerOffsets))
	r.suite.check("offset for leader epoch", on(r.leaderEpoch))
	r.suite.check("consumer lag", on(r.lag))
}

// filled is a topic of 100 records, 1 s apart, the one at offset 60 being the newest by time.
func (r *runner) filled(ctx context.Context) string {
	topic := r.topic(ctx, 1, nil)
	records := make([]*Record, 100)
	for i := range records {
		at := int64(startMs + i*1000)
		if i == 60 {
			at = startMs + 1_000_000
		}
		records[i] = &Record{Value: []byte("v-" + strconv.Itoa(i)), Time: at}
	}
	r.send(ctx, topic, records, Sending{Acks: "all"})
	return topic
}

func (r *runner) seek(ctx context.Context, topic string) {
	reader := must(r.client.NewReader(topic, 0))
	defer reader.Close()
	for _, from := range []int64{0, 42, 95, 10, 77} {
		ok(reader.Seek(ctx, from))
		equal("v-"+strconv.FormatInt(from, 10), string(must(reader.Read(ctx, 1))[0].Value), "value at an offset")
	}
	ok(reader.Seek(ctx, Earliest))
	equal("v-0", string(must(reader.Read(ctx, 1))[0].Value), "first value")
	other := r.topic(ctx, 1, nil)
	r.produce(ctx, other, 1, "old", 5)
	end := must(r.client.NewReader(other, 0))
	defer end.Close()
	ok(end.Seek(ctx, Latest))
	r.produce(ctx, other, 1, "new", 1)
	equal("new-0", string(must(end.Read(ctx, 1))[0].Value), "first value behind the end")
}

func (r *runner) seekToTime(ctx context.Context, topic string) {
	listed := must(r.client.ListOffset(ctx, topic, 0, startMs+30_500, false))
	equal(31, listed.Offset, "offset by time")
	equal("v-31", string(r.read(ctx, topic, 0, listed.Offset, 1)[0].Value), "value by time")
	equal(0, must(r.client.ListOffset(ctx, topic, 0, 0, false)).Offset, "offset of time 0")
	equal(-1, must(r.client.ListOffset(ctx, topic, 0, startMs+2_000_000, false)).Offset, "offset of a time to come")
}

func (r *runner) outOfRange(ctx context.Context, topic string) {
	reader := must(r.client.NewReader(topic, 0))
	defer reader.Close()
	err := reader.Seek(ctx, 5000)
	if err == nil {
		_, err = reader.Read(ctx, 1)
	}
	r.failsWith(offsetOutOfRange, err)
}

func (r *runner) listOffsets(ctx context.Context, topic string) {
	at := func(time int64, committed bool) int64 {
		return must(r.client.ListOffset(ctx, topic, 0, time, committed)).Offset
	}
	equal(0, at(Earliest, false), "earliest")
	equal(100, at(Latest, false), "latest")
	equal(100, at(Latest, true), "latest, of committed transactions")
}

func (r *runner) listNewerOffsets(ctx context.Context, topic string) {
	newest := must(r.client.ListOffset(ctx, topic, 0, MaxTimestamp, false))
	equal(60, newest.Offset, "offset of the highest timestamp")
	equal(startMs+1_000_000, newest.Time, "highest timestamp")
	equal(0, must(r.client.ListOffset(ctx, topic, 0, EarliestLocal, false)).Offset, "earliest local")
	equal(-1, must(r.client.ListOffset(ctx, topic, 0, LatestTiered, false)).Offset, "latest tiered")
}

func (r *runner) leaderEpoch(ctx context.Context, topic string) {
	asked, epoch, end, err := r.client.EpochEnd(ctx, topic, 0)
	ok(err)
	equal(asked, epoch, "epoch")
	equal(100, end, "end of the epoch")
}

func (r *runner) lag(ctx context.Context, topic string) {
	reader := must(r.client.NewReader(topic, 0))
	defer reader.Close()
	ok(reader.Seek(ctx, 20))
	equal(29, must(reader.Read(ctx, 10))[9].Offset, "last offset read")
	equal(70, must(reader.Lag(ctx)), "lag")
}
