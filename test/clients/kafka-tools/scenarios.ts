// What Kafka's tools are asked to do, and where the answers of the two brokers are meant to differ.

/** Names of topics and groups begin so, and are removed before and after. */
export const prefix = 'odradek-tools-'

/** Classes by the names that Kafka's documentation has for them. */
export const tools = {
  TopicCommand: 'org.apache.kafka.tools.TopicCommand',
  ConfigCommand: 'kafka.admin.ConfigCommand',
  ConsumerGroupCommand: 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
  GroupsCommand: 'org.apache.kafka.tools.GroupsCommand',
  GetOffsetShell: 'org.apache.kafka.tools.GetOffsetShell',
  DeleteRecordsCommand: 'org.apache.kafka.tools.DeleteRecordsCommand',
  LogDirsCommand: 'org.apache.kafka.tools.LogDirsCommand',
  BrokerApiVersionsCommand: 'org.apache.kafka.tools.BrokerApiVersionsCommand',
  ClusterTool: 'org.apache.kafka.tools.ClusterTool',
  FeatureCommand: 'org.apache.kafka.tools.FeatureCommand',
  MetadataQuorumCommand: 'org.apache.kafka.tools.MetadataQuorumCommand',
  LeaderElectionCommand: 'org.apache.kafka.tools.LeaderElectionCommand',
  ReassignPartitionsCommand: 'org.apache.kafka.tools.reassign.ReassignPartitionsCommand',
  ConsoleProducer: 'org.apache.kafka.tools.ConsoleProducer',
  ConsoleConsumer: 'org.apache.kafka.tools.consumer.ConsoleConsumer',
  VerifiableProducer: 'org.apache.kafka.tools.VerifiableProducer',
  VerifiableConsumer: 'org.apache.kafka.tools.VerifiableConsumer',
  ClientCompatibilityTest: 'org.apache.kafka.tools.ClientCompatibilityTest',
  ProducerPerformance: 'org.apache.kafka.tools.ProducerPerformance',
  ConsumerPerformance: 'org.apache.kafka.tools.ConsumerPerformance',
  EndToEndLatency: 'org.apache.kafka.tools.EndToEndLatency',
} as const
export type Tool = keyof typeof tools

/** Lines that one of the brokers prints and the other does not. Each must be seen, else it is no difference any more. */
export interface Difference {
  readonly reason: string
  /** Of lines that only Kafka prints. */
  readonly kafka?: RegExp
  /** Of lines that only Odradek prints. */
  readonly odradek?: RegExp
}

export interface Step {
  /**
   * `Tool ARGS`, parted by blanks. `{p}` is the prefix, `{b}` the broker, `{file}` a file with the text of `file`, `{acls}` whether
   * the broker has access control lists, which Odradek has not yet.
   */
  readonly line: string
  readonly stdin?: string
  readonly file?: string
  /** Run until the output is like this, for 20 s at most. */
  readonly until?: RegExp
  /** In a JVM of its own, as from a shell: the tool's last words come from a hook of the JVM's end. */
  readonly alone?: true
  /** Goes on in the background, until the scenario ends. */
  readonly background?: true
  /** Parts of lines that differ from run to run, each shown as `~`. */
  readonly mask?: readonly RegExp[]
  /** The lines come in any order. */
  readonly sorted?: true
  readonly differences?: readonly Difference[]
}

export interface Scenario {
  readonly name: string
  readonly steps: readonly Step[]
}

const records = 'k1:v1\nk2:v2\nk3:\nk4:v4\n'
const perfNumbers = [/\d+([.,]\d+)?/g]
function topics(args: string, more: Partial<Step> = {}): Step {
  return { line: `TopicCommand --bootstrap-server {b} ${args}`, ...more }
}

function groups(args: string, more: Partial<Step> = {}): Step {
  return { line: `ConsumerGroupCommand --bootstrap-server {b} ${args}`, ...more }
}

function configs(args: string, more: Partial<Step> = {}): Step {
  return { line: `ConfigCommand --bootstrap-server {b} ${args}`, ...more }
}

function offsets(args: string, more: Partial<Step> = {}): Step {
  return { line: `GetOffsetShell --bootstrap-server {b} --topic {p}t ${args}`, ...more }
}

function produce(topic: string, args = '', stdin = records): Step {
  const line = `ConsoleProducer --bootstrap-server {b} --topic {p}${topic} --reader-property parse.key=true --reader-property key.separator=: ${args}`
  return { line: line.trim(), stdin }
}

function consume(topic: string, args: string, more: Partial<Step> = {}): Step {
  return { line: `ConsoleConsumer --bootstrap-server {b} --topic {p}${topic} ${args}`, ...more }
}

const processed = [/CreateTime:\d+/g, /timestamp: \d+/g]

export const scenarios: readonly Scenario[] = [
  {
    name: 'topics',
    steps: [
      topics('--create --topic {p}t --partitions 3 --replication-factor 1 --config retention.ms=3600000'),
      topics('--create --topic {p}t'),
      topics('--create --topic {p}t --if-not-exists'),
      topics('--create --topic {p}many --replication-factor 3'),
      topics('--create --topic {p}bad --config retention.ms=soon'),
      topics('--create --topic {p}no/slash'),
      topics('--create --topic {p}assigned --replica-assignment 1,1'),
      topics('--list --topic {p}.*'),
      topics('--list --exclude-internal --topic {p}t'),
      topics('--describe --topic {p}t'),
      topics('--describe --topic {p}.* --exclude-internal'),
      topics('--describe --topic {p}absent'),
      topics('--describe --topic {p}absent --if-exists'),
      topics('--describe --under-replicated-partitions --topic {p}t'),
      topics('--describe --unavailable-partitions --topic {p}t'),
      topics('--describe --at-min-isr-partitions --topic {p}t'),
      topics('--describe --under-min-isr-partitions --topic {p}t'),
      topics('--describe --topics-with-overrides --topic {p}.*'),
      topics('--alter --topic {p}t --partitions 5'),
      topics('--alter --topic {p}t --partitions 4'),
      topics('--alter --topic {p}absent --partitions 4'),
      topics('--describe --topic {p}t --partition-size-limit-per-response 2'),
      topics('--delete --topic {p}t'),
      topics('--delete --topic {p}t'),
      topics('--delete --topic {p}t --if-exists'),
    ],
  },
  {
    name: 'configs',
    steps: [
      topics('--create --topic {p}t --config max.message.bytes=5000'),
      configs('--describe --entity-type topics --entity-name {p}t'),
      configs('--describe --entity-type topics --entity-name {p}t --all', {
        sorted: true,
        differences: [
          {
            reason: 'records are synced before they are acknowledged, unless that is relaxed by name',
            kafka: /flush\.messages=9223372036854775807/,
            odradek: /flush\.messages=1 /,
          },
        ],
      }),
      configs(
        '--alter --entity-type topics --entity-name {p}t --add-config retention.ms=1000,cleanup.policy=[compact,delete]',
      ),
      configs('--describe --entity-type topics --entity-name {p}t', { sorted: true }),
      configs('--alter --entity-type topics --entity-name {p}t --delete-config retention.ms'),
      configs('--alter --entity-type topics --entity-name {p}t --delete-config retention.ms'),
      configs('--alter --entity-type topics --entity-name {p}t --add-config retention.ms=soon'),
      configs('--alter --entity-type topics --entity-name {p}t --add-config no.such.key=1'),
      configs('--describe --entity-type topics --entity-name {p}absent'),
      configs('--describe --entity-type brokers --entity-name 1'),
      configs('--alter --entity-type brokers --entity-name 1 --add-config node.id=3'),
      configs('--alter --entity-type brokers --entity-name 1 --add-config num.io.threads=0'),
      configs('--describe --entity-type groups --entity-name {p}g'),
      configs(
        '--alter --entity-type groups --entity-name {p}g --add-config consumer.session.timeout.ms=50000',
      ),
      configs('--describe --entity-type groups --entity-name {p}g', { until: /50000/ }),
      configs('--alter --entity-type groups --entity-name {p}g --delete-config consumer.session.timeout.ms'),
      configs('--alter --entity-type client-metrics --entity-name {p}m --add-config interval.ms=5000'),
      configs('--describe --entity-type client-metrics --entity-name {p}m', { until: /5000/ }),
      configs('--alter --entity-type client-metrics --entity-name {p}m --delete-config interval.ms'),
    ],
  },
  {
    name: 'records',
    steps: [
      topics('--create --topic {p}t --partitions 2'),
      topics('--create --topic {p}one'),
      produce('t'),
      produce('one', '--reader-property null.marker=NIL', 'a:1\nb:NIL\nc:3\n'),
      produce('one', '--compression-codec zstd --sync', 'd:4\n'),
      produce('one', '--reader-property parse.headers=true --request-required-acks 1', 'h:1,x:y\te:5\n'),
      consume('one', '--from-beginning --max-messages 5 --formatter-property print.key=true'),
      consume('t', '--from-beginning --max-messages 4 --formatter-property print.key=true', { sorted: true }),
      consume('one', '--partition 0 --offset 3 --max-messages 2'),
      consume('one', '--partition 0 --offset earliest --timeout-ms 2000', {
        mask: [/\[\d{4}-.*?\] /g],
      }),
      consume(
        'one',
        '--from-beginning --max-messages 5 --formatter-property print.partition=true --formatter-property print.offset=true --formatter-property print.headers=true --formatter-property print.key=true --formatter-property print.timestamp=true --formatter-property key.separator=| --formatter-property null.literal=NIL',
        { mask: processed },
      ),
      consume('one', '--group {p}g --from-beginning --max-messages 3'),
      consume('one', '--group {p}g --max-messages 2'),
      consume('one', '--isolation-level read_committed --from-beginning --max-messages 1'),
      { line: 'ConsoleConsumer --bootstrap-server {b} --include {p}o.* --from-beginning --max-messages 5' },
    ],
  },
  {
    name: 'offsets',
    steps: [
      topics('--create --topic {p}t --partitions 2'),
      produce('t'),
      offsets(''),
      offsets('--time earliest'),
      offsets('--time latest'),
      offsets('--time max-timestamp', { mask: [/:\d+$/gm] }),
      offsets('--time earliest-local'),
      offsets('--time latest-tiered'),
      offsets('--time 0'),
      offsets('--partitions 1'),
      { line: 'GetOffsetShell --bootstrap-server {b} --topic-partitions {p}t:0-1,{p}absent' },
      { line: 'GetOffsetShell --bootstrap-server {b} --topic {p}absent' },
      {
        line: 'DeleteRecordsCommand --bootstrap-server {b} --offset-json-file {file}',
        file: '{"partitions":[{"topic":"{p}t","partition":0,"offset":1}],"version":1}',
      },
      offsets('--time earliest'),
      {
        line: 'DeleteRecordsCommand --bootstrap-server {b} --offset-json-file {file}',
        file: '{"partitions":[{"topic":"{p}t","partition":0,"offset":900},{"topic":"{p}t","partition":1,"offset":-1}],"version":1}',
        sorted: true,
      },
    ],
  },
  {
    name: 'groups',
    steps: [
      topics('--create --topic {p}t --partitions 2'),
      produce('t'),
      consume('t', '--group {p}g --from-beginning --max-messages 4', { sorted: true }),
      groups('--describe --group {p}g', { until: /has no active members/ }),
      groups('--describe --group {p}g --offsets --verbose'),
      groups('--describe --group {p}g --members'),
      groups('--describe --group {p}g --state', { mask: [/\S+:\d+ \(/g] }),
      groups('--describe --group {p}absent'),
      groups('--reset-offsets --group {p}g --topic {p}t --to-earliest --dry-run', { sorted: true }),
      groups('--reset-offsets --group {p}g --topic {p}t:0 --to-offset 1 --execute'),
      groups('--reset-offsets --group {p}g --topic {p}t --shift-by -1 --execute', { sorted: true }),
      groups('--reset-offsets --group {p}g --topic {p}t --to-latest --execute', { sorted: true }),
      groups('--reset-offsets --group {p}g --topic {p}t --to-current --execute', { sorted: true }),
      groups('--reset-offsets --group {p}g --topic {p}t --to-datetime 2020-01-01T00:00:00.000 --execute', {
        sorted: true,
      }),
      groups('--reset-offsets --group {p}g --topic {p}t --by-duration PT1H --execute', { sorted: true }),
      groups('--reset-offsets --group {p}g --topic {p}t --to-offset 900 --execute', {
        sorted: true,
        mask: [/\[\d{4}-.*?\] /g],
      }),
      groups('--delete-offsets --group {p}g --topic {p}t:0'),
      groups('--delete-offsets --group {p}g --topic {p}absent'),
      groups('--describe --group {p}g --offsets'),
      consume('t', '--group {p}live', { background: true }),
      groups('--describe --group {p}live --members', {
        until: /console-consumer/,
        mask: [/console-consumer-\S+ /g, / +$/gm],
      }),
      groups('--describe --group {p}live --state', { mask: [/\S+:\d+ \(/g], until: /Stable/ }),
      groups('--reset-offsets --group {p}live --topic {p}t --to-earliest --execute'),
      groups('--delete --group {p}live'),
      {
        line: 'GroupsCommand --bootstrap-server {b} --list --consumer',
        mask: [/^(?!GROUP|odradek-tools-).*$/gm],
        sorted: true,
      },
      groups('--list --state stable', { mask: [/^(?!GROUP|odradek-tools-).*$/gm], sorted: true }),
      groups('--list --type classic', { mask: [/^(?!GROUP|odradek-tools-).*$/gm], sorted: true }),
      groups('--delete --group {p}g'),
      groups('--delete --group {p}g'),
    ],
  },
  {
    name: 'cluster',
    steps: [
      topics('--create --topic {p}t'),
      produce('t'),
      {
        line: 'LogDirsCommand --bootstrap-server {b} --describe --topic-list {p}t',
        mask: [/"logDir":"[^"]*"/g],
      },
      {
        line: 'LogDirsCommand --bootstrap-server {b} --describe --broker-list 1 --topic-list {p}absent',
        mask: [/"logDir":"[^"]*"/g],
      },
      { line: 'LogDirsCommand --bootstrap-server {b} --describe --broker-list 9' },
      {
        line: 'BrokerApiVersionsCommand --bootstrap-server {b}',
        mask: [/^\S+ \(id/g],
        differences: [
          {
            reason:
              'APIs of transactions, security, and the newer groups come later; docs/compatibility.md lists them',
            kafka: /UNSUPPORTED|\(\d+\): \d/,
            odradek: /UNSUPPORTED/,
          },
        ],
      },
      { line: 'ClusterTool cluster-id --bootstrap-server {b}', mask: [/[\w-]{22}$/gm] },
      { line: 'ClusterTool list-endpoints --bootstrap-server {b}', mask: [/ \d{4,5} /g, /[-]+/g, / +/g] },
      { line: 'ClusterTool unregister --bootstrap-server {b} --id 77' },
      {
        line: 'FeatureCommand --bootstrap-server {b} describe',
        sorted: true,
        mask: [/Epoch: \d+/g],
        differences: [
          {
            reason:
              'each feature comes with what it stands for: newer groups, transactions, several controllers',
            kafka: /^Feature: (group|kraft|share|streams|transaction)\.version/,
          },
        ],
      },
      { line: 'FeatureCommand --bootstrap-server {b} upgrade --feature no.such.feature=1' },
      { line: 'FeatureCommand --bootstrap-server {b} upgrade --metadata 9.9' },
      { line: 'FeatureCommand --bootstrap-server {b} downgrade --feature metadata.version=3' },
      {
        line: 'MetadataQuorumCommand --bootstrap-server {b} describe --status',
        mask: [/[\w-]{22}$/gm, /\d+/g, /\[.*\]/g],
      },
      {
        line: 'MetadataQuorumCommand --bootstrap-server {b} describe --replication',
        mask: [/\d{5,}/g, / +/g, /[\w-]{22}/g, /\d+/g],
      },
      {
        line: 'MetadataQuorumCommand --bootstrap-server {b} remove-controller --controller-id 7 --controller-directory-id AAAAAAAAAAAAAAAAAAAAAQ',
      },
    ],
  },
  {
    name: 'partitions',
    steps: [
      topics('--create --topic {p}t --partitions 2'),
      {
        line: 'LeaderElectionCommand --bootstrap-server {b} --election-type preferred --topic {p}t --partition 0',
      },
      {
        line: 'LeaderElectionCommand --bootstrap-server {b} --election-type unclean --topic {p}t --partition 1',
      },
      {
        line: 'LeaderElectionCommand --bootstrap-server {b} --election-type preferred --topic {p}absent --partition 0',
      },
      {
        line: 'LeaderElectionCommand --bootstrap-server {b} --election-type preferred --path-to-json-file {file}',
        file: '{"partitions":[{"topic":"{p}t","partition":0},{"topic":"{p}t","partition":1}]}',
      },
      {
        line: 'ReassignPartitionsCommand --bootstrap-server {b} --generate --broker-list 1 --topics-to-move-json-file {file}',
        file: '{"topics":[{"topic":"{p}t"}],"version":1}',
      },
      ...['execute', 'verify'].map((what): Step => ({
        line: `ReassignPartitionsCommand --bootstrap-server {b} --${what} --reassignment-json-file {file}`,
        file: '{"version":1,"partitions":[{"topic":"{p}t","partition":0,"replicas":[1]},{"topic":"{p}t","partition":1,"replicas":[1]}]}',
      })),
      {
        line: 'ReassignPartitionsCommand --bootstrap-server {b} --execute --reassignment-json-file {file}',
        file: '{"version":1,"partitions":[{"topic":"{p}t","partition":0,"replicas":[9]}]}',
      },
      {
        line: 'ReassignPartitionsCommand --bootstrap-server {b} --cancel --reassignment-json-file {file}',
        file: '{"version":1,"partitions":[{"topic":"{p}t","partition":0,"replicas":[1]}]}',
      },
      { line: 'ReassignPartitionsCommand --bootstrap-server {b} --list' },
    ],
  },
  {
    name: 'programs',
    steps: [
      topics('--create --topic {p}t'),
      topics('--create --topic {p}perf'),
      topics('--create --topic {p}latency'),
      topics('--create --topic {p}compatible'),
      // The name of a topic that ClientCompatibilityTest makes, and leaves.
      topics('--delete --topic newtopic --if-exists'),
      {
        line: 'VerifiableProducer --bootstrap-server {b} --topic {p}t --max-messages 5',
        alone: true,
        mask: [/"timestamp":\d+/g, /"avg_throughput":[\d.]+/g, /"target_throughput":-?\d+/g],
      },
      {
        line: 'VerifiableConsumer --bootstrap-server {b} --topic {p}t --group-id {p}v --max-messages 5 --reset-policy earliest',
        mask: [/"timestamp":\d+/g],
      },
      {
        line: 'ClientCompatibilityTest --bootstrap-server {b} --topic {p}compatible --offsets-for-times-supported true --cluster-id-supported true --num-cluster-nodes 1 --expect-record-too-large-exception false --create-topics-supported true --describe-acls-supported {acls} --describe-configs-supported true --idempotent-producer-supported true',
        mask: [/\[.*?\]/g],
        sorted: true,
      },
      topics('--delete --topic newtopic'),
      {
        line: 'ProducerPerformance --bootstrap-server {b} --topic {p}perf --num-records 5000 --record-size 100 --throughput -1',
        mask: perfNumbers,
      },
      {
        line: 'ConsumerPerformance --bootstrap-server {b} --topic {p}perf --num-records 5000 --timeout 10000',
        mask: [/\d{4}-\d\d-\d\d [\d:]+/g, /\d+\.\d+/g, /(?<=~, )\d+, \d+(?=, ~)/g],
      },
      {
        line: 'EndToEndLatency --bootstrap-server {b} --topic {p}latency --num-records 20 --producer-acks all --record-size 50',
        mask: perfNumbers,
      },
    ],
  },
]
