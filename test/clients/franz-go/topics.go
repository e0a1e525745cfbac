package main

import (
	"context"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
)

// topicChecks: creation, listing, growth and deletion of topics.
func topicChecks(b *broker, c *checks) {
	topic := b.name("topic")
	c.check("create topic", func(ctx context.Context) { createTopic(ctx, b, topic) })
	c.check("describe topic", func(ctx context.Context) { describeTopic(ctx, b, topic) })
	c.check("create topic again", func(ctx context.Context) {
		_, err := b.admin.CreateTopic(ctx, 3, 1, nil, topic)
		failsWith(kerr.TopicAlreadyExists, err)
	})
	c.check("create topic, refused", func(ctx context.Context) { createRefused(ctx, b) })
	c.check("list topics", func(ctx context.Context) {
		isTrue(must(b.admin.ListTopics(ctx)).Has(topic), "the topic is listed")
	})
	c.check("create partitions", func(ctx context.Context) { growTopic(ctx, b) })
	c.check("delete topic", func(ctx context.Context) { deleteTopic(ctx, b, topic) })
}

func createTopic(ctx context.Context, b *broker, topic string) {
	ok(must(b.admin.ValidateCreateTopics(ctx, 3, 1, nil, topic)).Error())
	isTrue(!must(b.admin.ListTopics(ctx)).Has(topic), "nothing is created when only validated")
	retention := "3600000"
	made := must(b.admin.CreateTopic(ctx, 3, 1, map[string]*string{"retention.ms": &retention}, topic))
	equal(3, made.NumPartitions, "partitions")
	equal(1, made.ReplicationFactor, "replication factor")
	isTrue(made.ID != kadm.TopicID{}, "a topic id")
	config := made.Configs["retention.ms"]
	equal(retention, config.MaybeValue(), "retention.ms in the answer")
}

func describeTopic(ctx context.Context, b *broker, topic string) {
	described := must(b.admin.ListTopics(ctx, topic))[topic]
	equal(3, len(described.Partitions), "partitions")
	isTrue(!described.IsInternal, "not internal")
	for _, partition := range described.Partitions.Sorted() {
		equal(1, len(partition.Replicas), "replicas")
		equal(1, len(partition.ISR), "in-sync replicas")
		equal(partition.Leader, partition.Replicas[0], "leader")
		isTrue(partition.LeaderEpoch >= 0, "leader epoch")
	}
	absent := b.name("absent")
	failsWith(kerr.UnknownTopicOrPartition, must(b.admin.ListTopics(ctx, absent))[absent].Err)
}

func createRefused(ctx context.Context, b *broker) {
	soon := "soon"
	refused := func(expected error, topic string, partitions int32, replicas int16, configs map[string]*string) {
		_, err := b.admin.CreateTopic(ctx, partitions, replicas, configs, topic)
		failsWith(expected, err)
	}
	refused(kerr.InvalidTopicException, "no/slash", 1, 1, nil)
	refused(kerr.InvalidPartitions, b.name("none"), 0, 1, nil)
	refused(kerr.InvalidReplicationFactor, b.name("many"), 1, 3, nil)
	refused(kerr.InvalidConfig, b.name("config"), 1, 1, map[string]*string{"retention.ms": &soon})
}

func growTopic(ctx context.Context, b *broker) {
	topic := b.topic(ctx, 1, nil)
	ok(must(b.admin.UpdatePartitions(ctx, 4, topic)).Error())
	eventually("4 partitions", func() bool { return len(must(b.admin.ListTopics(ctx, topic))[topic].Partitions) == 4 })
	for _, count := range []int{2, 4} {
		failsWith(kerr.InvalidPartitions, must(b.admin.UpdatePartitions(ctx, count, topic))[topic].Err)
	}
	b.produce(ctx, topic, 4, "grown", 8)
	equal(8, len(b.readAll(ctx, topic, 4, 8)), "records")
}

func deleteTopic(ctx context.Context, b *broker, topic string) {
	ok(must(b.admin.DeleteTopics(ctx, topic)).Error())
	eventually("the topic is gone", func() bool { return !must(b.admin.ListTopics(ctx)).Has(topic) })
	failsWith(kerr.UnknownTopicOrPartition, must(b.admin.DeleteTopics(ctx, topic))[topic].Err)
	must(b.admin.CreateTopic(ctx, 1, 1, nil, topic))
	b.produce(ctx, topic, 1, "new", 1)
	equal(0, b.readAll(ctx, topic, 1, 1)[0].Offset, "first offset of the topic made anew")
}
