package checks

import (
	"context"
	"slices"
)

// topicChecks: creation, listing, growth and deletion of topics.
func (r *runner) topicChecks() {
	topic := r.name("topic")
	r.suite.check("create topic", func(ctx context.Context) { r.createTopic(ctx, topic) })
	r.suite.check("describe topic", func(ctx context.Context) { r.describeTopic(ctx, topic) })
	r.suite.check("create topic again", func(ctx context.Context) {
		r.failsWith(topicAlreadyExists, r.client.CreateTopic(ctx, topic, TopicShape{Partitions: 3, Replicas: 1}))
	})
	r.suite.check("create topic, refused", r.createRefused)
	r.suite.check("list topics", func(ctx context.Context) { isTrue(r.isListed(ctx, topic), "the topic is listed") })
	r.suite.check("create partitions", r.growTopic)
	r.suite.check("delete topic", func(ctx context.Context) { r.deleteTopic(ctx, topic) })
}

func (r *runner) isListed(ctx context.Context, topic string) bool {
	return slices.Contains(must(r.client.ListTopics(ctx)), topic)
}

func (r *runner) createTopic(ctx context.Context, topic string) {
	shape := TopicShape{Partitions: 3, Replicas: 1, Configs: map[string]string{"retention.ms": "3600000"}}
	dry := shape
	dry.ValidateOnly = true
	ok(r.client.CreateTopic(ctx, topic, dry))
	isTrue(!r.isListed(ctx, topic), "nothing is created when only validated")
	ok(r.client.CreateTopic(ctx, topic, shape))
	eventually("the topic is there", func() bool { return r.isListed(ctx, topic) })
}

func (r *runner) describeTopic(ctx context.Context, topic string) {
	described := must(r.client.DescribeTopic(ctx, topic))
	equal(3, len(described.Partitions), "partitions")
	isTrue(!described.Internal, "not internal")
	for _, partition := range described.Partitions {
		equal(1, len(partition.Replicas), "replicas")
		equal(1, len(partition.ISR), "in-sync replicas")
		equal(partition.Leader, partition.Replicas[0], "leader")
	}
	_, err := r.client.DescribeTopic(ctx, r.name("absent"))
	r.failsWith(unknownTopicOrPartition, err)
}

func (r *runner) createRefused(ctx context.Context) {
	refused := func(expected Code, topic string, partitions int32, replicas int16, configs map[string]string) {
		shape := TopicShape{Partitions: partitions, Replicas: replicas, Configs: configs}
		r.failsWith(expected, r.client.CreateTopic(ctx, topic, shape))
	}
	refused(invalidTopic, "no/slash", 1, 1, nil)
	refused(invalidPartitions, r.name("none"), 0, 1, nil)
	refused(invalidReplicationFactor, r.name("many"), 1, 3, nil)
	refused(invalidConfig, r.name("config"), 1, 1, map[string]string{"retention.ms": "soon"})
}

func (r *runner) growTopic(ctx context.Context) {
	topic := r.topic(ctx, 1, nil)
	ok(r.client.CreatePartitions(ctx, topic, 4))
	eventually("4 partitions", func() bool { return len(must(r.client.DescribeTopic(ctx, topic)).Partitions) == 4 })
	for _, count := range []int32{2, 4} {
		r.failsWith(invalidPartitions, r.client.CreatePartitions(ctx, topic, count))
	}
	r.produce(ctx, topic, 4, "grown", 8)
	equal(8, len(r.readAll(ctx, topic, 4)), "records")
}

func (r *runner) deleteTopic(ctx context.Context, topic string) {
	ok(r.client.DeleteTopic(ctx, topic))
	eventually("the topic is gone", func() bool { return !r.isListed(ctx, topic) })
	r.failsWith(unknownTopicOrPartition, r.client.DeleteTopic(ctx, topic))
	ok(r.client.CreateTopic(ctx, topic, TopicShape{Partitions: 1, Replicas: 1}))
	r.produce(ctx, topic, 1, "new", 1)
	equal(0, r.read(ctx, topic, 0, Earliest, 1)[0].Offset, "first offset of the topic made anew")
}
