package checks

import "context"

// Code is an error code of the protocol.
type Code int16

const (
	NoCode                    Code = -32768 // not an answer of the broker
	offsetOutOfRange          Code = 1
	unknownTopicOrPartition   Code = 3
	messageTooLarge           Code = 10
	invalidTopic              Code = 17
	inconsistentGroupProtocol Code = 23
	unknownMemberID           Code = 25
	topicAlreadyExists        Code = 36
	invalidPartitions         Code = 37
	invalidReplicationFactor  Code = 38
	invalidConfig             Code = 40
	nonEmptyGroup             Code = 68
	groupIDNotFound           Code = 69
	groupSubscribedToTopic    Code = 86
)

// Client is what the checks ask of a client. An adapter need not do what its list of lacking checks excludes.
type Client interface {
	// Code is the error code that an error of this client stands for, or NoCode.
	Code(err error) Code
	Topics
	Records
	Groups
	Cluster
}

// Topics is how topics are made and described.
type Topics interface {
	CreateTopic(ctx context.Context, topic string, shape TopicShape) error
	DescribeTopic(ctx context.Context, topic string) (Topic, error)
	ListTopics(ctx context.Context) ([]string, error)
	CreatePartitions(ctx context.Context, topic string, count int32) error
	DeleteTopic(ctx context.Context, topic string) error
}

// TopicShape is what a topic is made with.
type TopicShape struct {
	Partitions   int32
	Replicas     int16
	Configs      map[string]string
	ValidateOnly bool
}

// Topic is a topic as described.
type Topic struct {
	Internal   bool
	Partitions []Partition
}

// Partition is a partition as described.
type Partition struct {
	ID, Leader    int32
	Replicas, ISR []int32
}

// Records is how records are written and read, and offsets asked for.
type Records interface {
	// NewProducer makes a producer that waits for what it sends.
	NewProducer(how Sending) (Producer, error)
	// NewReader reads one partition, without a group.
	NewReader(topic string, partition int32) (Reader, error)
	// ListOffset asks for the offset at a time in ms since 1970, or at one of the special ones.
	ListOffset(ctx context.Context, topic string, partition int32, at int64, committed bool) (Listed, error)
	DeleteRecords(ctx context.Context, topic string, partition int32, before int64) error
	// EpochEnd is the epoch of a partition's leader, and where the broker says that the epoch ends.
	EpochEnd(ctx context.Context, topic string, partition int32) (asked, epoch int32, end int64, err error)
}

// Times with a meaning of their own, as the protocol has them.
const (
	Latest        int64 = -1
	Earliest      int64 = -2
	MaxTimestamp  int64 = -3
	EarliestLocal int64 = -4
	LatestTiered  int64 = -5
)

// Listed is an offset that was asked for; both are -1 where there is none.
type Listed struct{ Offset, Time int64 }

// Sending is how a producer sends.
type Sending struct {
	Codec      string // none, gzip, snappy, lz4, zstd
	Acks       string // 0, 1, all
	Idempotent bool
	ByKey      bool // by murmur2 of the key as in Java, else to the partition that a record names
}

// Producer sends records.
type Producer interface {
	// Produce sends the records and waits for them. It fills in their partitions and offsets, but not with acks 0.
	Produce(ctx context.Context, topic string, records []*Record) error
	Close() error
}

// Reader reads a partition.
type Reader interface {
	// Seek moves to an offset, or to Earliest or Latest.
	Seek(ctx context.Context, offset int64) error
	// Read waits for so many records.
	Read(ctx context.Context, count int) ([]*Record, error)
	// Lag is how many records there are behind the last one read, by what the client knows.
	Lag(ctx context.Context) (int64, error)
	Close() error
}

// Record is a record, whatever the client calls it.
type Record struct {
	Partition  int32
	Offset     int64
	Key, Value []byte
	Headers    []Header
	Time       int64 // ms since 1970; 0 in a record to send is now
	TimeType   TimeType
}

// TimeType tells whose time a record has, where the client tells it.
type TimeType string

// The times of a record.
const (
	CreateTime TimeType = "CreateTime"
	AppendTime TimeType = "LogAppendTime"
)

// Header is a header of a record.
type Header struct {
	Key   string
	Value []byte
}

// Groups is consumer groups, from the inside and as an administrator sees them.
type Groups interface {
	// Join makes a member that commits what it has read before it lets go of a partition.
	Join(group, topic string, read *Values, how Joining) (Member, error)
	// ListGroups are the groups in a state, or in any, and the types of their protocols.
	// Clients that cannot ask for a state answer with all.
	ListGroups(ctx context.Context, state string) (map[string]string, error)
	DescribeGroup(ctx context.Context, group string) (Group, error)
	DeleteGroup(ctx context.Context, group string) error
	CommitOffset(ctx context.Context, group string, at Committed) error
	// FetchOffset tells offset -1 where none is committed.
	FetchOffset(ctx context.Context, group, topic string, partition int32) (Committed, error)
	DeleteOffset(ctx context.Context, group, topic string, partition int32) error
	// RemoveStatic takes a static member out of its group.
	RemoveStatic(ctx context.Context, group, instance string) error
}

// Joining is how a member takes part.
type Joining struct {
	Assignor string // range (also where it is empty), roundrobin, cooperative-sticky
	Instance string // group.instance.id
	// Plain: with what most programs use, where the client has a plainer consumer that does not tell what it holds.
	Plain bool
}

// Member is one consumer of a group.
type Member interface {
	Held() map[int32]bool // partitions held now
	Revoked() int         // how often partitions were taken away
	Err() error           // what ended the member
	// Leave ends the member, whatever became of it; a static one stays in the group until its session ends.
	Leave()
}

// Group is a group as described.
type Group struct {
	State    string
	Protocol string // empty where the client does not tell
	Members  []GroupMember
}

// GroupMember is a member as described.
type GroupMember struct {
	Host       string
	Partitions int
}

// Committed is an offset of a group.
type Committed struct {
	Topic     string
	Partition int32
	Offset    int64
	Metadata  string
}

// Cluster is the nodes and the configs.
type Cluster interface {
	DescribeCluster(ctx context.Context) (Nodes, error)
	DescribeConfigs(ctx context.Context, of Resource) (map[string]Config, error)
	// AlterConfigs changes single keys.
	AlterConfigs(ctx context.Context, of Resource, changes []Change) error
	// ReplaceConfigs is the legacy call: what is not named goes back to its default.
	ReplaceConfigs(ctx context.Context, of Resource, configs map[string]string) error
}

// Nodes are the brokers of a cluster.
type Nodes struct {
	Cluster    string
	Brokers    []int32
	Controller int32
}

// Resource is what has configs: a topic (type 2) or a broker (type 4).
type Resource struct {
	Type int8
	Name string
}

// Config is a config with where its value is from.
type Config struct {
	Value    string
	Source   int8
	Synonyms []string // KEY=VALUE
}

// Sources of configs.
const (
	sourceTopic   int8 = 1
	sourceBroker  int8 = 2
	sourceDefault int8 = 5
)

// Change is a change of a key.
type Change struct {
	Op         int8
	Key, Value string
}

// Kinds of change.
const (
	set      int8 = 0
	remove   int8 = 1
	add      int8 = 2
	subtract int8 = 3
)
