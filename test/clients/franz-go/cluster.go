package main

import (
	"context"
	"strings"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// clusterChecks: the cluster, configs, deleted records, and groups as an administrator sees them.
func clusterChecks(b *broker, c *checks) {
	c.check("describe cluster", func(ctx context.Context) { describeCluster(ctx, b) })
	c.check("describe configs", func(ctx context.Context) { describeConfigs(ctx, b) })
	c.check("alter configs, incremental", func(ctx context.Context) { alterConfigs(ctx, b) })
	c.check("alter configs, legacy", func(ctx context.Context) { alterConfigsLegacy(ctx, b) })
	c.check("delete records", func(ctx context.Context) { deleteRecords(ctx, b) })
	c.check("list and describe groups", func(ctx context.Context) { describeGroups(ctx, b) })
	c.check("offsets of a group", func(ctx context.Context) { groupOffsets(ctx, b) })
	c.check("delete group", func(ctx context.Context) { deleteGroup(ctx, b) })
}

func describeCluster(ctx context.Context, b *broker) {
	metadata := must(b.admin.BrokerMetadata(ctx))
	isTrue(metadata.Cluster != "", "a cluster id")
	equal(1, len(metadata.Brokers), "brokers")
	equal(metadata.Controller, metadata.Brokers[0].NodeID, "controller")
	described := must(kmsg.NewPtrDescribeClusterRequest().RequestWith(ctx, b.client))
	ok(kerr.ErrorForCode(described.ErrorCode))
	equal(metadata.Cluster, described.ClusterID, "cluster id by DescribeCluster")
	equal(1, len(described.Brokers), "brokers by DescribeCluster")
}

func topicConfigs(ctx context.Context, b *broker, topic string) map[string]*kadm.Config {
	described := must(must(b.admin.DescribeTopicConfigs(ctx, topic)).On(topic, nil))
	ok(described.Err)
	byName := map[string]*kadm.Config{}
	for _, config := range described.Configs {
		byName[config.Key] = &config
	}
	return byName
}

func describeConfigs(ctx context.Context, b *broker) {
	topic := b.topic(ctx, 1, map[string]string{"retention.ms": "7200000", "max.message.bytes": "5000"})
	configs := topicConfigs(ctx, b, topic)
	equal("7200000", configs["retention.ms"].MaybeValue(), "retention.ms")
	equal(kmsg.ConfigSourceDynamicTopicConfig, configs["retention.ms"].Source, "its source")
	var synonyms []string
	for _, synonym := range configs["max.message.bytes"].Synonyms {
		synonyms = append(synonyms, synonym.Key+"="+*synonym.Value)
	}
	equal("max.message.bytes=5000 message.max.bytes=1048588", strings.Join(synonyms, " "), "synonyms")
	equal("delete", configs["cleanup.policy"].MaybeValue(), "cleanup.policy")
	equal(kmsg.ConfigSourceDefaultConfig, configs["cleanup.policy"].Source, "its source")
	isTrue(len(configs) > 25, "all keys of a topic")
	absent := b.name("absent")
	described, _ := must(b.admin.DescribeTopicConfigs(ctx, absent)).On(absent, nil)
	failsWith(kerr.UnknownTopicOrPartition, described.Err)
}

func alterConfigs(ctx context.Context, b *broker) {
	topic := b.topic(ctx, 1, map[string]string{"retention.ms": "7200000"})
	text := func(value string) *string { return &value }
	alter := func(changes ...kadm.AlterConfig) error {
		return must(must(b.admin.AlterTopicConfigs(ctx, changes, topic)).On(topic, nil)).Err
	}
	ok(alter(
		kadm.AlterConfig{Op: kadm.SetConfig, Name: "max.message.bytes", Value: text("2000")},
		kadm.AlterConfig{Op: kadm.AppendConfig, Name: "cleanup.policy", Value: text("compact")},
	))
	value := func(key string) string { return topicConfigs(ctx, b, topic)[key].MaybeValue() }
	eventually("the keys are set", func() bool { return value("cleanup.policy") == "delete,compact" })
	equal("2000", value("max.message.bytes"), "max.message.bytes")
	ok(alter(
		kadm.AlterConfig{Op: kadm.SubtractConfig, Name: "cleanup.policy", Value: text("delete")},
		kadm.AlterConfig{Op: kadm.DeleteConfig, Name: "retention.ms"},
	))
	eventually("the keys are set", func() bool { return value("cleanup.policy") == "compact" })
	equal("604800000", value("retention.ms"), "retention.ms")
	failsWith(kerr.InvalidConfig, alter(kadm.AlterConfig{Op: kadm.SetConfig, Name: "retention.ms", Value: text("soon")}))
}

// alterConfigsLegacy: the legacy call sets all: what it does not name goes back to its default.
func alterConfigsLegacy(ctx context.Context, b *broker) {
	topic := b.topic(ctx, 1, map[string]string{"retention.ms": "7200000"})
	limit := "2000"
	changes := []kadm.AlterConfig{{Name: "max.message.bytes", Value: &limit}}
	ok(must(must(b.admin.AlterTopicConfigsState(ctx, changes, topic)).On(topic, nil)).Err)
	eventually("the key is set", func() bool {
		return topicConfigs(ctx, b, topic)["max.message.bytes"].MaybeValue() == limit
	})
	equal("604800000", topicConfigs(ctx, b, topic)["retention.ms"].MaybeValue(), "retention.ms")
}

func deleteRecords(ctx context.Context, b *broker) {
	topic := b.topic(ctx, 1, nil)
	b.produce(ctx, topic, 1, "v", 50)
	deleteTo := func(offset int64) kadm.DeleteRecordsResponse {
		to := kadm.Offsets{}
		to.Add(kadm.Offset{Topic: topic, Partition: 0, At: offset})
		deleted, _ := must(b.admin.DeleteRecords(ctx, to)).Lookup(topic, 0)
		return deleted
	}
	equal(20, deleteTo(20).LowWatermark, "low watermark")
	earliest, _ := must(b.admin.ListStartOffsets(ctx, topic)).Lookup(topic, 0)
	equal(20, earliest.Offset, "earliest")
	equal(20, b.readAll(ctx, topic, 1, 30)[0].Offset, "first offset read")
	failsWith(kerr.OffsetOutOfRange, deleteTo(51).Err)
	equal(50, deleteTo(-1).LowWatermark, "low watermark after all is deleted")
}

func describeGroups(ctx context.Context, b *broker) {
	topic, group := b.topic(ctx, 2, nil), b.name("group")
	one := b.join(group, topic, &values{})
	eventually("joined", func() bool { return len(one.held()) == 2 })
	listed := must(b.admin.ListGroups(ctx, "Stable"))
	equal("consumer", listed[group].ProtocolType, "protocol type in the list of stable groups")
	described := must(b.admin.DescribeGroups(ctx, group))[group]
	ok(described.Err)
	equal("Stable", described.State, "state")
	equal("range", described.Protocol, "protocol")
	equal(1, len(described.Members), "members")
	assignment, _ := described.Members[0].Assigned.AsConsumer()
	equal(2, len(assignment.Topics[0].Partitions), "partitions assigned")
	isTrue(strings.Contains(described.Members[0].ClientHost, "127.0.0.1"), "host "+described.Members[0].ClientHost)
	failsWith(kerr.NonEmptyGroup, must(b.admin.DeleteGroups(ctx, group))[group].Err)
	one.leave()
	eventually("the group is empty", func() bool {
		return must(b.admin.DescribeGroups(ctx, group))[group].State == "Empty"
	})
}

func groupOffsets(ctx context.Context, b *broker) {
	topic, group := b.topic(ctx, 2, nil), b.name("group")
	b.produce(ctx, topic, 2, "v", 20)
	read := &values{}
	one := b.join(group, topic, read)
	eventually("20 records", func() bool { return read.count() == 20 })
	moved := kadm.Offsets{}
	moved.Add(kadm.Offset{Topic: topic, Partition: 0, At: 3, LeaderEpoch: -1})
	failsWith(kerr.UnknownMemberID, must(b.admin.CommitOffsets(ctx, group, moved)).Error())
	gone := kadm.TopicsSet{}
	gone.Add(topic, 1)
	subscribed := must(b.admin.DeleteOffsets(ctx, group, gone))
	failsWith(kerr.GroupSubscribedToTopic, subscribed.Error())
	one.leave()
	at := func(partition int32) int64 {
		offset, found := must(b.admin.FetchOffsets(ctx, group)).Lookup(topic, partition)
		if !found {
			return -1
		}
		return offset.At
	}
	equal(10, at(0), "committed offset")
	ok(b.admin.CommitAllOffsets(ctx, group, moved))
	equal(3, at(0), "offset after the change")
	ok(must(b.admin.DeleteOffsets(ctx, group, gone)).Error())
	equal(-1, at(1), "offset of the partition deleted")
	readAgain := &values{}
	again := b.join(group, topic, readAgain)
	eventually("17 records", func() bool { return readAgain.count() == 17 })
	again.leave()
}

func deleteGroup(ctx context.Context, b *broker) {
	topic, group := b.topic(ctx, 1, nil), b.name("group")
	one := b.join(group, topic, &values{})
	eventually("joined", func() bool { return len(one.held()) == 1 })
	one.leave()
	ok(must(b.admin.DeleteGroups(ctx, group))[group].Err)
	failsWith(kerr.GroupIDNotFound, must(b.admin.DeleteGroups(ctx, group))[group].Err)
	equal(0, len(must(b.admin.FetchOffsets(ctx, group))), "offsets of a deleted group")
}
