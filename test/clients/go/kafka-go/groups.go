package main

import (
	"context"
	"errors"

	"github.com/segmentio/kafka-go"

	"odradek/clients/checks"
)

func (c *client) ListGroups(ctx context.Context, _ string) (map[string]string, error) {
	listed, err := c.Client.ListGroups(ctx, &kafka.ListGroupsRequest{})
	if err == nil {
		err = listed.Error
	}
	if err != nil {
		return nil, err
	}
	types := map[string]string{}
	for _, group := range listed.Groups {
		types[group.GroupID] = group.ProtocolType
	}
	return types, nil
}

func (c *client) DescribeGroup(ctx context.Context, group string) (checks.Group, error) {
	answer, err := c.DescribeGroups(ctx, &kafka.DescribeGroupsRequest{GroupIDs: []string{group}})
	if err == nil {
		err = answer.Groups[0].Error
	}
	if err != nil {
		return checks.Group{}, err
	}
	result := checks.Group{State: answer.Groups[0].GroupState}
	for _, each := range answer.Groups[0].Members {
		one := checks.GroupMember{Host: each.ClientHost}
		for _, topic := range each.MemberAssignments.Topics {
			one.Partitions += len(topic.Partitions)
		}
		result.Members = append(result.Members, one)
	}
	return result, nil
}

func (c *client) DeleteGroup(ctx context.Context, group string) error {
	deleted, err := c.DeleteGroups(ctx, &kafka.DeleteGroupsRequest{GroupIDs: []string{group}})
	if err != nil {
		return err
	}
	return deleted.Errors[group]
}

func (c *client) CommitOffset(ctx context.Context, group string, at checks.Committed) error {
	commit := kafka.OffsetCommit{Partition: int(at.Partition), Offset: at.Offset, Metadata: at.Metadata}
	committed, err := c.OffsetCommit(ctx, &kafka.OffsetCommitRequest{
		GroupID:      group,
		GenerationID: -1,
		Topics:       map[string][]kafka.OffsetCommit{at.Topic: {commit}},
	})
	if err != nil {
		return err
	}
	return committed.Topics[at.Topic][0].Error
}

func (c *client) FetchOffset(ctx context.Context, group, topic string, partition int32) (checks.Committed, error) {
	none := checks.Committed{Topic: topic, Partition: partition, Offset: -1}
	fetched, err := c.OffsetFetch(ctx, &kafka.OffsetFetchRequest{
		GroupID: group, Topics: map[string][]int{topic: {int(partition)}},
	})
	if err == nil {
		err = fetched.Error
	}
	if err != nil {
		return none, err
	}
	if len(fetched.Topics[topic]) == 0 {
		return none, errors.New("no answer for the partition")
	}
	one := fetched.Topics[topic][0]
	none.Offset, none.Metadata = one.CommittedOffset, one.Metadata
	return none, one.Error
}

func (c *client) DeleteOffset(ctx context.Context, group, topic string, partition int32) error {
	deleted, err := c.OffsetDelete(ctx, &kafka.OffsetDeleteRequest{
		GroupID: group, Topics: map[string][]int{topic: {int(partition)}},
	})
	if err == nil {
		err = deleted.Error
	}
	if err != nil {
		return err
	}
	return deleted.Topics[topic][0].Error
}

func (*client) RemoveStatic(context.Context, string, string) error { return errors.ErrUnsupported }
