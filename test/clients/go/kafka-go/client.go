package main

import (
	"context"
	"errors"
	"net"
	"strconv"
	"time"

	"github.com/segmentio/kafka-go"

	"odradek/clients/checks"
)

// client makes kafka-go a Client of the checks.
type client struct {
	*kafka.Client
	transport *kafka.Transport
	address   net.Addr
}

func newClient() *client {
	// Topics come and go quickly here.
	transport := &kafka.Transport{MetadataTTL: 50 * time.Millisecond}
	address := kafka.TCP(checks.Bootstrap())
	return &client{
		Client:    &kafka.Client{Addr: address, Timeout: 10 * time.Second, Transport: transport},
		transport: transport,
		address:   address,
	}
}

func (*client) Code(err error) checks.Code {
	var failed kafka.WriteErrors
	if errors.As(err, &failed) {
		err = errors.Join(failed...)
	}
	return checks.AsCode(err, func(code kafka.Error) int16 { return int16(code) })
}

func (c *client) CreateTopic(ctx context.Context, topic string, shape checks.TopicShape) error {
	config := kafka.TopicConfig{
		Topic: topic, NumPartitions: int(shape.Partitions), ReplicationFactor: int(shape.Replicas),
	}
	for key, value := range shape.Configs {
		config.ConfigEntries = append(config.ConfigEntries, kafka.ConfigEntry{ConfigName: key, ConfigValue: value})
	}
	if shape.ValidateOnly {
		// The client waits until it sees the topic, or till this ends.
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, 300*time.Millisecond)
		defer cancel()
	}
	created, err := c.CreateTopics(ctx, &kafka.CreateTopicsRequest{
		Topics: []kafka.TopicConfig{config}, ValidateOnly: shape.ValidateOnly,
	})
	if err != nil {
		return err
	}
	return created.Errors[topic]
}

func (c *client) DescribeTopic(ctx context.Context, topic string) (checks.Topic, error) {
	metadata, err := c.Metadata(ctx, &kafka.MetadataRequest{Topics: []string{topic}})
	if err != nil {
		return checks.Topic{}, err
	}
	described := metadata.Topics[0]
	result := checks.Topic{Internal: described.Internal}
	for _, each := range described.Partitions {
		result.Partitions = append(result.Partitions, checks.Partition{
			ID: int32(each.ID), Leader: int32(each.Leader.ID), Replicas: ids(each.Replicas), ISR: ids(each.Isr),
		})
	}
	return result, described.Error
}

func ids(brokers []kafka.Broker) []int32 {
	var all []int32
	for _, each := range brokers {
		all = append(all, int32(each.ID))
	}
	return all
}

func (c *client) ListTopics(ctx context.Context) ([]string, error) {
	metadata, err := c.Metadata(ctx, &kafka.MetadataRequest{})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, topic := range metadata.Topics {
		names = append(names, topic.Name)
	}
	return names, nil
}

func (c *client) CreatePartitions(ctx context.Context, topic string, count int32) error {
	created, err := c.Client.CreatePartitions(ctx, &kafka.CreatePartitionsRequest{
		Topics: []kafka.TopicPartitionsConfig{{Name: topic, Count: count}},
	})
	if err != nil {
		return err
	}
	return created.Errors[topic]
}

func (c *client) DeleteTopic(ctx context.Context, topic string) error {
	deleted, err := c.DeleteTopics(ctx, &kafka.DeleteTopicsRequest{Topics: []string{topic}})
	if err != nil {
		return err
	}
	return deleted.Errors[topic]
}

func (c *client) DescribeCluster(ctx context.Context) (checks.Nodes, error) {
	metadata, err := c.Metadata(ctx, &kafka.MetadataRequest{})
	if err != nil {
		return checks.Nodes{}, err
	}
	controller := int32(metadata.Controller.ID)
	return checks.Nodes{Cluster: metadata.ClusterID, Controller: controller, Brokers: ids(metadata.Brokers)}, nil
}

func (c *client) DescribeConfigs(ctx context.Context, of checks.Resource) (map[string]checks.Config, error) {
	described, err := c.Client.DescribeConfigs(ctx, &kafka.DescribeConfigsRequest{
		Resources: []kafka.DescribeConfigRequestResource{
			{ResourceType: kafka.ResourceType(of.Type), ResourceName: of.Name},
		},
		IncludeSynonyms:      true,
		IncludeDocumentation: true,
	})
	if err == nil {
		err = described.Resources[0].Error
	}
	if err != nil {
		return nil, err
	}
	configs := map[string]checks.Config{}
	for _, entry := range described.Resources[0].ConfigEntries {
		config := checks.Config{Value: entry.ConfigValue, Source: entry.ConfigSource}
		for _, synonym := range entry.ConfigSynonyms {
			config.Synonyms = append(config.Synonyms, synonym.ConfigName+"="+synonym.ConfigValue)
		}
		configs[entry.ConfigName] = config
	}
	return configs, nil
}

func (c *client) AlterConfigs(ctx context.Context, of checks.Resource, changes []checks.Change) error {
	var configs []kafka.IncrementalAlterConfigsRequestConfig
	for _, change := range changes {
		configs = append(configs, kafka.IncrementalAlterConfigsRequestConfig{
			Name: change.Key, Value: change.Value, ConfigOperation: kafka.ConfigOperation(change.Op),
		})
	}
	resource := kafka.IncrementalAlterConfigsRequestResource{
		ResourceType: kafka.ResourceType(of.Type), ResourceName: of.Name, Configs: configs,
	}
	altered, err := c.IncrementalAlterConfigs(ctx, &kafka.IncrementalAlterConfigsRequest{
		Resources: []kafka.IncrementalAlterConfigsRequestResource{resource},
	})
	if err != nil {
		return err
	}
	return altered.Resources[0].Error
}

func (c *client) ReplaceConfigs(ctx context.Context, of checks.Resource, configs map[string]string) error {
	resource := kafka.AlterConfigRequestResource{ResourceType: kafka.ResourceType(of.Type), ResourceName: of.Name}
	for key, value := range configs {
		resource.Configs = append(resource.Configs, kafka.AlterConfigRequestConfig{Name: key, Value: value})
	}
	altered, err := c.Client.AlterConfigs(ctx, &kafka.AlterConfigsRequest{
		Resources: []kafka.AlterConfigRequestResource{resource},
	})
	if err != nil {
		return err
	}
	return altered.Errors[kafka.AlterConfigsResponseResource{Type: of.Type, Name: of.Name}]
}

func (*client) DeleteRecords(context.Context, string, int32, int64) error {
	return errors.ErrUnsupported
}

func (*client) EpochEnd(context.Context, string, int32) (asked, epoch int32, end int64, err error) {
	return 0, 0, 0, errors.ErrUnsupported
}

func (c *client) ListOffset(
	ctx context.Context, topic string, partition int32, at int64, committed bool,
) (checks.Listed, error) {
	request := &kafka.ListOffsetsRequest{
		Topics: map[string][]kafka.OffsetRequest{topic: {{Partition: int(partition), Timestamp: at}}},
	}
	if committed {
		request.IsolationLevel = kafka.ReadCommitted
	}
	answer, err := c.ListOffsets(ctx, request)
	if err != nil {
		return checks.Listed{}, err
	}
	if len(answer.Topics[topic]) == 0 {
		return checks.Listed{}, errors.New("no answer for partition " + strconv.Itoa(int(partition)))
	}
	listed := answer.Topics[topic][0]
	switch at {
	case checks.Earliest:
		return checks.Listed{Offset: listed.FirstOffset, Time: -1}, listed.Error
	case checks.Latest:
		return checks.Listed{Offset: listed.LastOffset, Time: -1}, listed.Error
	}
	for offset, time := range listed.Offsets {
		return checks.Listed{Offset: offset, Time: time.UnixMilli()}, listed.Error
	}
	return checks.Listed{Offset: -1, Time: -1}, listed.Error
}
