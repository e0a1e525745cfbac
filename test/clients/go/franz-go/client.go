package main

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"odradek/clients/checks"
)

// client makes franz-go a Client of the checks.
type client struct {
	raw   *kgo.Client
	admin *kadm.Client
}

func newClient() (*client, error) {
	raw, err := open()
	if err != nil {
		return nil, err
	}
	return &client{raw: raw, admin: kadm.NewClient(raw)}, nil
}

func open(options ...kgo.Opt) (*kgo.Client, error) {
	common := []kgo.Opt{
		kgo.SeedBrokers(checks.Bootstrap()),
		kgo.FetchMaxWait(50 * time.Millisecond),
		kgo.MetadataMinAge(50 * time.Millisecond),
	}
	return kgo.NewClient(append(common, options...)...)
}

func (*client) Code(err error) checks.Code {
	return checks.AsCode(err, func(known *kerr.Error) int16 { return known.Code })
}

func (c *client) CreateTopic(ctx context.Context, topic string, shape checks.TopicShape) error {
	if shape.ValidateOnly {
		validated, err := c.admin.ValidateCreateTopics(
			ctx, shape.Partitions, shape.Replicas, pointers(shape.Configs), topic,
		)
		return errors.Join(err, validated.Error())
	}
	made, err := c.admin.CreateTopic(ctx, shape.Partitions, shape.Replicas, pointers(shape.Configs), topic)
	if err == nil && (made.NumPartitions != shape.Partitions || made.ID == kadm.TopicID{}) {
		return errors.New("the answer lacks the number of partitions, or the id")
	}
	return err
}

func pointers(values map[string]string) map[string]*string {
	all := map[string]*string{}
	for key, value := range values {
		all[key] = &value
	}
	return all
}

func (c *client) DescribeTopic(ctx context.Context, topic string) (checks.Topic, error) {
	listed, err := c.admin.ListTopics(ctx, topic)
	if err != nil {
		return checks.Topic{}, err
	}
	described := listed[topic]
	result := checks.Topic{Internal: described.IsInternal}
	for _, each := range described.Partitions.Sorted() {
		result.Partitions = append(result.Partitions, checks.Partition{
			ID: each.Partition, Leader: each.Leader, Replicas: each.Replicas, ISR: each.ISR,
		})
	}
	return result, described.Err
}

func (c *client) ListTopics(ctx context.Context) ([]string, error) {
	listed, err := c.admin.ListTopics(ctx)
	return listed.Names(), err
}

func (c *client) CreatePartitions(ctx context.Context, topic string, count int32) error {
	grown, err := c.admin.UpdatePartitions(ctx, int(count), topic)
	return errors.Join(err, grown[topic].Err)
}

func (c *client) DeleteTopic(ctx context.Context, topic string) error {
	deleted, err := c.admin.DeleteTopics(ctx, topic)
	return errors.Join(err, deleted[topic].Err)
}

func (c *client) DescribeCluster(ctx context.Context) (checks.Nodes, error) {
	metadata, err := c.admin.BrokerMetadata(ctx)
	if err != nil {
		return checks.Nodes{}, err
	}
	described, err := kmsg.NewPtrDescribeClusterRequest().RequestWith(ctx, c.raw)
	if err != nil {
		return checks.Nodes{}, err
	}
	if described.ClusterID != metadata.Cluster {
		return checks.Nodes{}, errors.New("Metadata and DescribeCluster tell of two clusters")
	}
	nodes := checks.Nodes{Cluster: metadata.Cluster, Controller: metadata.Controller}
	for _, each := range described.Brokers {
		nodes.Brokers = append(nodes.Brokers, each.NodeID)
	}
	return nodes, kerr.ErrorForCode(described.ErrorCode)
}

func (c *client) DescribeConfigs(ctx context.Context, of checks.Resource) (map[string]checks.Config, error) {
	describe := c.admin.DescribeTopicConfigs
	if of.Type == brokerType {
		describe = func(ctx context.Context, name ...string) (kadm.ResourceConfigs, error) {
			id, err := strconv.Atoi(name[0])
			if err != nil {
				return nil, err
			}
			return c.admin.DescribeBrokerConfigs(ctx, int32(id))
		}
	}
	answer, err := describe(ctx, of.Name)
	if err != nil {
		return nil, err
	}
	described, err := answer.On(of.Name, nil)
	if err = errors.Join(err, described.Err); err != nil {
		return nil, err
	}
	configs := map[string]checks.Config{}
	for _, each := range described.Configs {
		config := checks.Config{Value: each.MaybeValue(), Source: int8(each.Source)}
		for _, synonym := range each.Synonyms {
			value := ""
			if synonym.Value != nil {
				value = *synonym.Value
			}
			config.Synonyms = append(config.Synonyms, synonym.Key+"="+value)
		}
		configs[each.Key] = config
	}
	return configs, nil
}

const brokerType = int8(kmsg.ConfigResourceTypeBroker)

func (c *client) AlterConfigs(ctx context.Context, of checks.Resource, changes []checks.Change) error {
	var all []kadm.AlterConfig
	for _, change := range changes {
		all = append(all, kadm.AlterConfig{
			Op: kadm.IncrementalOp(change.Op), Name: change.Key, Value: &change.Value,
		})
	}
	var altered kadm.AlterConfigsResponses
	var err error
	if of.Type == brokerType {
		id, _ := strconv.Atoi(of.Name)
		altered, err = c.admin.AlterBrokerConfigs(ctx, all, int32(id))
	} else {
		altered, err = c.admin.AlterTopicConfigs(ctx, all, of.Name)
	}
	return alterError(altered, err, of)
}

func (c *client) ReplaceConfigs(ctx context.Context, of checks.Resource, configs map[string]string) error {
	var all []kadm.AlterConfig
	for key, value := range configs {
		all = append(all, kadm.AlterConfig{Name: key, Value: &value})
	}
	altered, err := c.admin.AlterTopicConfigsState(ctx, all, of.Name)
	return alterError(altered, err, of)
}

func alterError(altered kadm.AlterConfigsResponses, err error, of checks.Resource) error {
	if err != nil {
		return err
	}
	one, err := altered.On(of.Name, nil)
	return errors.Join(err, one.Err)
}
