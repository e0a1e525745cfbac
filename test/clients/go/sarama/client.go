package main

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/IBM/sarama"

	"odradek/clients/checks"
)

// client makes sarama a Client of the checks.
type client struct {
	admin sarama.ClusterAdmin
}

func newClient() (*client, error) {
	admin, err := sarama.NewClusterAdmin([]string{checks.Bootstrap()}, newConfig())
	return &client{admin: admin}, err
}

func newConfig() *sarama.Config {
	config := sarama.NewConfig()
	config.Version = sarama.MaxVersion
	config.Metadata.AllowAutoTopicCreation = false
	config.Net.ReadTimeout = 10 * time.Second
	config.Consumer.MaxWaitTime = 50 * time.Millisecond
	config.Consumer.Return.Errors = true
	config.Consumer.Offsets.Initial = sarama.OffsetOldest
	config.Consumer.Offsets.AutoCommit.Enable = false
	return config
}

func (*client) Code(err error) checks.Code {
	var failed sarama.ProducerErrors
	if errors.As(err, &failed) && len(failed) > 0 {
		err = failed[0].Err
	}
	return checks.AsCode(err, func(code sarama.KError) int16 { return int16(code) })
}

// orNil turns an error code into an error.
func orNil(code sarama.KError) error {
	if code == sarama.ErrNoError {
		return nil
	}
	return code
}

func (c *client) CreateTopic(_ context.Context, topic string, shape checks.TopicShape) error {
	detail := &sarama.TopicDetail{
		NumPartitions:     shape.Partitions,
		ReplicationFactor: shape.Replicas,
		ConfigEntries:     pointers(shape.Configs),
	}
	return c.admin.CreateTopic(topic, detail, shape.ValidateOnly)
}

func pointers(values map[string]string) map[string]*string {
	all := map[string]*string{}
	for key, value := range values {
		all[key] = &value
	}
	return all
}

func (c *client) DescribeTopic(_ context.Context, topic string) (checks.Topic, error) {
	described, err := c.admin.DescribeTopics([]string{topic})
	if err == nil {
		err = orNil(described[0].Err)
	}
	if err != nil {
		return checks.Topic{}, err
	}
	result := checks.Topic{Internal: described[0].IsInternal}
	for _, each := range described[0].Partitions {
		result.Partitions = append(result.Partitions, checks.Partition{
			ID: each.ID, Leader: each.Leader, Replicas: each.Replicas, ISR: each.Isr,
		})
	}
	return result, nil
}

func (c *client) ListTopics(context.Context) ([]string, error) {
	listed, err := c.admin.ListTopics()
	var names []string
	for name := range listed {
		names = append(names, name)
	}
	return names, err
}

func (c *client) CreatePartitions(_ context.Context, topic string, count int32) error {
	return c.admin.CreatePartitions(topic, count, nil, false)
}

func (c *client) DeleteTopic(_ context.Context, topic string) error {
	return c.admin.DeleteTopic(topic)
}

func (c *client) DescribeCluster(context.Context) (checks.Nodes, error) {
	brokers, controller, err := c.admin.DescribeCluster()
	if err != nil {
		return checks.Nodes{}, err
	}
	nodes := checks.Nodes{Controller: controller}
	for _, each := range brokers {
		nodes.Brokers = append(nodes.Brokers, each.ID())
	}
	controllerBroker, err := c.admin.Controller()
	if err != nil {
		return nodes, err
	}
	// The admin's own call leaves the cluster id out.
	metadata, err := controllerBroker.GetMetadata(sarama.NewMetadataRequest(sarama.MaxVersion, nil))
	if err != nil {
		return nodes, err
	}
	if metadata.ClusterID != nil {
		nodes.Cluster = *metadata.ClusterID
	}
	return nodes, nil
}

func (c *client) DescribeConfigs(_ context.Context, of checks.Resource) (map[string]checks.Config, error) {
	resource := &sarama.ConfigResource{Type: sarama.ConfigResourceType(of.Type), Name: of.Name}
	described, err := c.admin.DescribeConfigs(
		[]*sarama.ConfigResource{resource},
		sarama.DescribeConfigsOptions{IncludeSynonyms: true, IncludeDocumentation: true},
	)
	if err == nil {
		err = orNil(described[0].ErrorCode)
	}
	if err != nil {
		return nil, err
	}
	configs := map[string]checks.Config{}
	for _, entry := range described[0].Configs {
		config := checks.Config{Value: entry.Value, Source: int8(entry.Source)}
		for _, synonym := range entry.Synonyms {
			config.Synonyms = append(config.Synonyms, synonym.ConfigName+"="+synonym.ConfigValue)
		}
		configs[entry.Name] = config
	}
	return configs, nil
}

func (c *client) AlterConfigs(_ context.Context, of checks.Resource, changes []checks.Change) error {
	entries := map[string]sarama.IncrementalAlterConfigsEntry{}
	for _, change := range changes {
		operation := sarama.IncrementalAlterConfigsOperation(change.Op)
		entries[change.Key] = sarama.IncrementalAlterConfigsEntry{Operation: operation, Value: &change.Value}
	}
	return c.admin.IncrementalAlterConfig(sarama.ConfigResourceType(of.Type), of.Name, entries, false)
}

func (c *client) ReplaceConfigs(_ context.Context, of checks.Resource, configs map[string]string) error {
	return c.admin.AlterConfig(sarama.ConfigResourceType(of.Type), of.Name, pointers(configs), false)
}

func (c *client) DeleteRecords(_ context.Context, topic string, partition int32, before int64) error {
	return c.admin.DeleteRecords(topic, map[int32]int64{partition: before})
}

func (c *client) ListOffset(
	_ context.Context, topic string, partition int32, at int64, committed bool,
) (checks.Listed, error) {
	options := &sarama.ListOffsetsOptions{}
	if committed {
		options.IsolationLevel = sarama.ReadCommitted
	}
	listed, err := c.admin.ListOffsets(map[string]map[int32]int64{topic: {partition: at}}, options)
	if err != nil {
		return checks.Listed{}, err
	}
	result, found := listed[topic][partition]
	if !found {
		return checks.Listed{}, errors.New("no answer for partition " + strconv.Itoa(int(partition)))
	}
	if errors.Is(result.Err, sarama.ErrNoError) {
		result.Err = nil
	}
	return checks.Listed{Offset: result.Offset, Time: result.Timestamp}, result.Err
}

func (*client) EpochEnd(context.Context, string, int32) (asked, epoch int32, end int64, err error) {
	return 0, 0, 0, errors.ErrUnsupported
}
