package clients;

import static clients.Checks.equal;
import static clients.Checks.eventually;
import static clients.Checks.fails;
import static clients.Checks.isTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The cluster, configs, deleted records, and groups as an administrator sees them. */
final class AdminChecks {
  final Broker broker;

  AdminChecks(Broker broker) {
    this.broker = broker;
  }

  void run(Checks checks) {
    checks.check("describe cluster", this::describeCluster);
    checks.check("describe configs", this::describeConfigs);
    checks.check("alter configs, incremental", this::alterConfigs);
    GroupApi.legacyConfigChecks(checks, this);
    checks.check("alter configs of a broker", this::alterBrokerConfigs);
    checks.check("delete records", this::deleteRecords);
    checks.check("list and describe groups", this::describeGroups);
    checks.check("offsets of a group", this::groupOffsets);
    checks.check("delete group", this::deleteGroup);
    checks.skip("offset for leader epoch", "the client has no such call; its consumer uses it inside");
  }

  private void describeCluster() throws Exception {
    var cluster = broker.admin.describeCluster();
    isTrue(!cluster.clusterId().get().isEmpty(), "a cluster id");
    equal(1, cluster.nodes().get().size(), "nodes");
    equal(cluster.nodes().get().iterator().next().id(), cluster.controller().get().id(), "controller");
  }

  Map<String, ConfigEntry> configs(ConfigResource resource) throws Exception {
    var options = new DescribeConfigsOptions().includeSynonyms(true).includeDocumentation(true);
    var config = broker.admin.describeConfigs(List.of(resource), options).all().get().get(resource);
    var byName = new java.util.HashMap<String, ConfigEntry>();
    config.entries().forEach(entry -> byName.put(entry.name(), entry));
    return byName;
  }

  private static ConfigResource topicResource(String topic) {
    return new ConfigResource(ConfigResource.Type.TOPIC, topic);
  }

  private void describeConfigs() throws Exception {
    String topic = broker.topic(1, Map.of("retention.ms", "7200000", "max.message.bytes", "5000"));
    var entries = configs(topicResource(topic));
    var retention = entries.get("retention.ms");
    equal("7200000", retention.value(), "retention.ms");
    equal(ConfigSource.DYNAMIC_TOPIC_CONFIG, retention.source(), "its source");
    equal(ConfigEntry.ConfigType.LONG, retention.type(), "its type");
    isTrue(!retention.documentation().isEmpty(), "its documentation");
    var synonyms = entries.get("max.message.bytes").synonyms().stream().map(one -> one.name() + "=" + one.value());
    equal(List.of("max.message.bytes=5000", "message.max.bytes=1048588"), synonyms.toList(), "synonyms");
    var policy = entries.get("cleanup.policy");
    equal("delete", policy.value(), "cleanup.policy");
    equal(ConfigSource.DEFAULT_CONFIG, policy.source(), "its source");
    equal(ConfigEntry.ConfigType.LIST, policy.type(), "its type");
    isTrue(entries.size() > 25, "all keys of a topic, not " + entries.size());
    fails(UnknownTopicOrPartitionException.class, () -> configs(topicResource(broker.name("absent"))));
    int id = broker.admin.describeCluster().nodes().get().iterator().next().id();
    var node = configs(new ConfigResource(ConfigResource.Type.BROKER, Integer.toString(id)));
    equal("1048588", node.get("message.max.bytes").value(), "message.max.bytes");
    isTrue(node.get("num.partitions") != null, "num.partitions");
  }

  private void alter(ConfigResource resource, OpType op, String key, String value) throws Exception {
    var change = new AlterConfigOp(new ConfigEntry(key, value), op);
    broker.admin.incrementalAlterConfigs(Map.of(resource, List.of(change))).all().get();
  }

  private void alterConfigs() throws Exception {
    String topic = broker.topic(1, Map.of("retention.ms", "7200000"));
    var resource = topicResource(topic);
    alter(resource, OpType.SET, "max.message.bytes", "2000");
    alter(resource, OpType.APPEND, "cleanup.policy", "compact");
    eventually("max.message.bytes is set", () -> configs(resource).get("max.message.bytes").value().equals("2000"));
    equal("delete,compact", configs(resource).get("cleanup.policy").value(), "cleanup.policy");
    alter(resource, OpType.SUBTRACT, "cleanup.policy", "delete");
    alter(resource, OpType.DELETE, "retention.ms", "");
    eventually("cleanup.policy is set", () -> configs(resource).get("cleanup.policy").value().equals("compact"));
    equal("604800000", configs(resource).get("retention.ms").value(), "retention.ms");
    equal(ConfigSource.DEFAULT_CONFIG, configs(resource).get("retention.ms").source(), "its source");
    fails(InvalidConfigurationException.class, () -> alter(resource, OpType.SET, "retention.ms", "soon"));
    fails(InvalidConfigurationException.class, () -> alter(resource, OpType.SET, "no.such.key", "1"));
    fails(
        UnknownTopicOrPartitionException.class,
        () -> alter(topicResource(broker.name("absent")), OpType.SET, "retention.ms", "1"));
  }

  private void alterBrokerConfigs() throws Exception {
    int id = broker.admin.describeCluster().nodes().get().iterator().next().id();
    var resource = new ConfigResource(ConfigResource.Type.BROKER, Integer.toString(id));
    String before = configs(resource).get("log.cleaner.backoff.ms").value();
    alter(resource, OpType.SET, "log.cleaner.backoff.ms", "16000");
    eventually("the key is set", () -> configs(resource).get("log.cleaner.backoff.ms").value().equals("16000"));
    var entry = configs(resource).get("log.cleaner.backoff.ms");
    equal(ConfigSource.DYNAMIC_BROKER_CONFIG, entry.source(), "source");
    alter(resource, OpType.DELETE, "log.cleaner.backoff.ms", "");
    eventually("the key is back", () -> configs(resource).get("log.cleaner.backoff.ms").value().equals(before));
  }

  private void deleteRecords() throws Exception {
    String topic = broker.topic(1);
    var partition = new TopicPartition(topic, 0);
    broker.produce(topic, 1, "v", 50);
    var deleted = broker.admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(20)));
    equal(20L, deleted.lowWatermarks().get(partition).get().lowWatermark(), "low watermark");
    var earliest = broker.admin.listOffsets(Map.of(partition, OffsetSpec.earliest()));
    equal(20L, earliest.partitionResult(partition).get().offset(), "earliest");
    equal(20L, broker.readAll(topic, 1, 30).get(0).offset(), "first offset read");
    fails(
        OffsetOutOfRangeException.class,
        () -> broker.admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(51))).all().get());
    var all = broker.admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(-1)));
    equal(50L, all.lowWatermarks().get(partition).get().lowWatermark(), "low watermark after all is deleted");
  }

  private void describeGroups() throws Exception {
    String topic = broker.topic(2);
    String group = broker.name("group");
    try (var member = new Member(broker, group, topic)) {
      eventually("joined", () -> member.assigned.size() == 2);
      isTrue(GroupApi.list(broker.admin).contains(group), "the group is listed");
      isTrue(GroupApi.listStable(broker.admin).contains(group), "and listed as stable");
      var described = broker.admin.describeConsumerGroups(List.of(group)).all().get().get(group);
      equal("Stable", GroupApi.state(described), "state");
      equal("range", described.partitionAssignor(), "assignor");
      equal(1, described.members().size(), "members");
      MemberDescription one = described.members().iterator().next();
      equal(member.assigned, one.assignment().topicPartitions(), "assignment");
      isTrue(one.host().contains("127.0.0.1"), "host " + one.host());
      fails(GroupNotEmptyException.class, () -> broker.admin.deleteConsumerGroups(List.of(group)).all().get());
    }
    eventually(
        "the group is empty",
        () ->
            GroupApi.state(broker.admin.describeConsumerGroups(List.of(group)).all().get().get(group))
                .equals("Empty"));
  }

  private void groupOffsets() throws Exception {
    String topic = broker.topic(2);
    String group = broker.name("group");
    var zero = new TopicPartition(topic, 0);
    var one = new TopicPartition(topic, 1);
    broker.produce(topic, 2, "v", 20);
    try (var member = new Member(broker, group, topic)) {
      eventually("20 records", () -> member.values.size() == 20);
      eventually("both committed", () -> offsets(group).size() == 2);
      equal(10L, offsets(group).get(zero).offset(), "committed offset");
      var other = Map.of(zero, new OffsetAndMetadata(3));
      fails(UnknownMemberIdException.class, () -> broker.admin.alterConsumerGroupOffsets(group, other).all().get());
      fails(
          GroupSubscribedToTopicException.class,
          () -> broker.admin.deleteConsumerGroupOffsets(group, Set.of(zero)).all().get());
    }
    broker.admin.alterConsumerGroupOffsets(group, Map.of(zero, new OffsetAndMetadata(3, "moved"))).all().get();
    equal(3L, offsets(group).get(zero).offset(), "offset after the change");
    equal("moved", offsets(group).get(zero).metadata(), "metadata after the change");
    broker.admin.deleteConsumerGroupOffsets(group, Set.of(one)).all().get();
    equal(Set.of(zero), offsets(group).keySet(), "offsets left");
    try (var member = new Member(broker, group, topic)) {
      eventually("17 records", () -> member.values.size() == 17);
    }
  }

  private Map<TopicPartition, OffsetAndMetadata> offsets(String group) throws Exception {
    return broker.admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
  }

  private void deleteGroup() throws Exception {
    String topic = broker.topic(1);
    String group = broker.name("group");
    broker.produce(topic, 1, "v", 5);
    try (var member = new Member(broker, group, topic)) {
      eventually("5 records", () -> member.values.size() == 5);
    }
    broker.admin.deleteConsumerGroups(List.of(group)).all().get();
    fails(GroupIdNotFoundException.class, () -> broker.admin.deleteConsumerGroups(List.of(group)).all().get());
    equal(Map.of(), offsets(group), "offsets of a deleted group");
    GroupApi.describeAbsent(broker.admin, group);
  }
}
