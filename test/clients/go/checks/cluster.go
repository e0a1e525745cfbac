package checks

import (
	"context"
	"strconv"
	"strings"
)

// clusterChecks: the cluster, configs, deleted records, and groups as an administrator sees them.
func (r *runner) clusterChecks() {
	r.suite.check("describe cluster", r.describeCluster)
	r.suite.check("describe configs", r.describeConfigs)
	r.suite.check("alter configs, incremental", r.alterConfigs)
	r.suite.check("alter configs, legacy", r.replaceConfigs)
	r.suite.check("alter configs of a broker", r.alterBrokerConfigs)
	r.suite.check("delete records", r.deleteRecords)
	r.suite.check("list and describe groups", r.describeGroups)
	r.suite.check("offsets of a group", r.groupOffsets)
	r.suite.check("delete group", r.deleteGroup)
}

func topicResource(topic string) Resource { return Resource{Type: 2, Name: topic} }

func (r *runner) describeCluster(ctx context.Context) {
	nodes := must(r.client.DescribeCluster(ctx))
	isTrue(nodes.Cluster != "", "a cluster id")
	equal(1, len(nodes.Brokers), "brokers")
	equal(nodes.Controller, nodes.Brokers[0], "controller")
}

func (r *runner) describeConfigs(ctx context.Context) {
	topic := r.topic(ctx, 1, map[string]string{"retention.ms": "7200000", "max.message.bytes": "5000"})
	configs := must(r.client.DescribeConfigs(ctx, topicResource(topic)))
	equal("7200000", configs["retention.ms"].Value, "retention.ms")
	equal(sourceTopic, configs["retention.ms"].Source, "its source")
	synonyms := strings.Join(configs["max.message.bytes"].Synonyms, " ")
	if !r.limits.NoSynonyms {
		equal("max.message.bytes=5000 message.max.bytes=1048588", synonyms, "synonyms")
	}
	equal("delete", configs["cleanup.policy"].Value, "cleanup.policy")
	equal(sourceDefault, configs["cleanup.policy"].Source, "its source")
	isTrue(len(configs) > 25, "all keys of a topic")
	_, err := r.client.DescribeConfigs(ctx, topicResource(r.name("absent")))
	r.failsWith(unknownTopicOrPartition, err)
}

func (r *runner) alterConfigs(ctx context.Context) {
	resource := topicResource(r.topic(ctx, 1, map[string]string{"retention.ms": "7200000"}))
	alter := func(changes ...Change) error { return r.client.AlterConfigs(ctx, resource, changes) }
	value := func(key string) string { return must(r.client.DescribeConfigs(ctx, resource))[key].Value }
	ok(alter(Change{set, "max.message.bytes", "2000"}, Change{add, "cleanup.policy", "compact"}))
	eventually("the keys are set", func() bool { return value("cleanup.policy") == "delete,compact" })
	equal("2000", value("max.message.bytes"), "max.message.bytes")
	ok(alter(Change{subtract, "cleanup.policy", "delete"}, Change{remove, "retention.ms", ""}))
	eventually("the keys are set", func() bool { return value("cleanup.policy") == "compact" })
	equal("604800000", value("retention.ms"), "retention.ms")
	r.failsWith(invalidConfig, alter(Change{set, "retention.ms", "soon"}))
}

// replaceConfigs: the legacy call sets all: what it does not name goes back to its default.
func (r *runner) replaceConfigs(ctx context.Context) {
	resource := topicResource(r.topic(ctx, 1, map[string]string{"retention.ms": "7200000"}))
	value := func(key string) string { return must(r.client.DescribeConfigs(ctx, resource))[key].Value }
	ok(r.client.ReplaceConfigs(ctx, resource, map[string]string{"max.message.bytes": "2000"}))
	eventually("the key is set", func() bool { return value("max.message.bytes") == "2000" })
	equal("604800000", value("retention.ms"), "retention.ms")
}

func (r *runner) alterBrokerConfigs(ctx context.Context) {
	id := strconv.Itoa(int(must(r.client.DescribeCluster(ctx)).Brokers[0]))
	resource := Resource{Type: 4, Name: id}
	key := "log.cleaner.backoff.ms"
	config := func() Config { return must(r.client.DescribeConfigs(ctx, resource))[key] }
	before := config().Value
	ok(r.client.AlterConfigs(ctx, resource, []Change{{set, key, "16000"}}))
	eventually("the key is set", func() bool { return config().Value == "16000" })
	equal(sourceBroker, config().Source, "source")
	ok(r.client.AlterConfigs(ctx, resource, []Change{{remove, key, ""}}))
	eventually("the key is back", func() bool { return config().Value == before })
}

func (r *runner) deleteRecords(ctx context.Context) {
	topic := r.topic(ctx, 1, nil)
	r.produce(ctx, topic, 1, "v", 50)
	earliest := func() int64 { return must(r.client.ListOffset(ctx, topic, 0, Earliest, false)).Offset }
	ok(r.client.DeleteRecords(ctx, topic, 0, 20))
	equal(20, earliest(), "earliest")
	equal(20, r.read(ctx, topic, 0, Earliest, 30)[0].Offset, "first offset read")
	r.failsWith(offsetOutOfRange, r.client.DeleteRecords(ctx, topic, 0, 51))
	ok(r.client.DeleteRecords(ctx, topic, 0, -1))
	equal(50, earliest(), "earliest after all is deleted")
}

func (r *runner) describeGroups(ctx context.Context) {
	topic, group := r.topic(ctx, 2, nil), r.name("group")
	one := r.join(group, topic, &Values{}, Joining{})
	eventually("joined", holds(one, 2))
	equal("consumer", must(r.client.ListGroups(ctx, "Stable"))[group], "protocol type in the list of stable groups")
	described := must(r.client.DescribeGroup(ctx, group))
	equal("Stable", described.State, "state")
	isTrue(described.Protocol == "range" || described.Protocol == "", "protocol "+described.Protocol)
	equal(1, len(described.Members), "members")
	equal(2, described.Members[0].Partitions, "partitions assigned")
	isTrue(strings.Contains(described.Members[0].Host, "127.0.0.1"), "host "+described.Members[0].Host)
	r.failsWith(nonEmptyGroup, r.client.DeleteGroup(ctx, group))
	leave(one)
	eventually("the group is empty", func() bool { return must(r.client.DescribeGroup(ctx, group)).State == "Empty" })
}

func (r *runner) groupOffsets(ctx context.Context) {
	topic, group := r.topic(ctx, 2, nil), r.name("group")
	r.produce(ctx, topic, 2, "v", 20)
	read := &Values{}
	one := r.join(group, topic, read, Joining{})
	eventually("20 records", read.has(20))
	moved := Committed{Topic: topic, Offset: 3}
	r.failsWith(unknownMemberID, r.client.CommitOffset(ctx, group, moved))
	r.failsWith(groupSubscribedToTopic, r.client.DeleteOffset(ctx, group, topic, 1))
	leave(one)
	at := func(partition int32) int64 { return must(r.client.FetchOffset(ctx, group, topic, partition)).Offset }
	equal(10, at(0), "committed offset")
	ok(r.client.CommitOffset(ctx, group, moved))
	equal(3, at(0), "offset after the change")
	ok(r.client.DeleteOffset(ctx, group, topic, 1))
	equal(-1, at(1), "offset of the partition deleted")
	readAgain := &Values{}
	again := r.join(group, topic, readAgain, Joining{})
	eventually("17 records", func() bool { return readAgain.count() == 17 })
	leave(again)
}

func (r *runner) deleteGroup(ctx context.Context) {
	topic, group := r.topic(ctx, 1, nil), r.name("group")
	r.produce(ctx, topic, 1, "v", 5)
	read := &Values{}
	one := r.join(group, topic, read, Joining{})
	eventually("5 records", read.has(5))
	leave(one)
	ok(r.client.DeleteGroup(ctx, group))
	r.failsWith(groupIDNotFound, r.client.DeleteGroup(ctx, group))
	equal(-1, must(r.client.FetchOffset(ctx, group, topic, 0)).Offset, "offset of a deleted group")
}
