/**
 * Where this broker is meant to behave otherwise than Apache Kafka, by hand: what the code cannot say of itself.
 * Figures come from the code. What is only missing is in the `Gaps:` lines of the handlers.
 */
import { maxProducersPerPartition, maxRecordErrors, maxUnpackedBytes } from '#base/limits.ts'
import { brokerKeys } from '#metadata/config-keys/index.ts'
import { maxPartitionsPerBroker } from '#metadata/topics.ts'

export interface Topic {
  readonly title: string
  readonly differences: readonly Difference[]
}

export interface Difference {
  /** A sentence without full stop, or a noun: what it is about. */
  readonly what: string
  readonly here: string
  readonly kafka: string
}

const defaultMaxMessageBytes = Number(brokerKeys.get('message.max.bytes')!.default)
const mebibytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MiB`
const thousands = (count: number): string => count.toLocaleString('en-US')

export const topics: readonly Topic[] = [
  {
    title: 'Durability',
    differences: [
      {
        what: 'Default of `log.flush.interval.messages` and `flush.messages`',
        here: '1: a record is synced to disk before it is acknowledged (acks 1 and all) and before a consumer sees it. Syncs are shared: one serves every append of a partition that waits. In the tables of keys below it is the only default that differs.',
        kafka:
          '9223372036854775807: records are acknowledged when they are in the memory of the operating system; replicas on other machines make up for it. Set this value, for the broker or for a topic, to get the same here.',
      },
      {
        what: '`acks=1` and `acks=all`',
        here: 'Mean the same: there is one replica.',
        kafka: '`acks=all` waits for the in-sync replicas.',
      },
      {
        what: 'Leader epoch after an unclean stop',
        here: 'Rises by one for every partition, so that clients notice where a tail was cut (KIP-320).',
        kafka: 'Rises with every election of a leader, thus at every restart of a single broker.',
      },
      {
        what: 'Coordinator state',
        here: 'Committed offsets, groups, topics, configs and producer ids are rows of a SQLite database in the data folder.',
        kafka: 'Records of `__consumer_offsets`, `__transaction_state` and `__cluster_metadata`.',
      },
    ],
  },
  {
    title: 'Topics and records',
    differences: [
      {
        what: 'Internal topics (`__consumer_offsets`, `__transaction_state`, `__share_group_state`)',
        here: 'Do not exist: neither listed nor readable. Their names cannot be created or written to.',
        kafka: 'Are created when they are needed, and listed.',
      },
      {
        what: 'Compaction',
        here: 'Not done yet. `cleanup.policy=compact` is accepted, records without a key are refused, and every record is kept. With `compact,delete` retention by time and size works.',
        kafka: 'The log cleaner keeps the last record of each key.',
      },
      {
        what: 'Compressed batches that unpack to very much',
        here: `Refused with MESSAGE_TOO_LARGE when one unpacks to more than ${maxUnpackedBytes(1000) / 1000} times \`max.message.bytes\` (${mebibytes(maxUnpackedBytes(defaultMaxMessageBytes))} with the default), and never to more than ${mebibytes(maxUnpackedBytes(100 * 1024 * 1024))} or \`max.message.bytes\`, whichever is larger.`,
        kafka: 'No limit: unpacked to the end.',
      },
      {
        what: 'Record sets that make Kafka answer UNKNOWN_SERVER_ERROR',
        here: 'Answered with CORRUPT_MESSAGE where the framing of the batch is wrong, else with INVALID_RECORD.',
        kafka: 'Lets an unexpected exception through; producers retry for nothing or fail without a reason.',
      },
      {
        what: 'An empty topic name in DescribeTopicPartitions',
        here: 'INVALID_TOPIC_EXCEPTION for that topic.',
        kafka: 'UNKNOWN_SERVER_ERROR for all topics of the request, unless it has a cursor.',
      },
      {
        what: 'A partition named several times in DescribeProducers',
        here: 'Described once: each may have a hundred thousand producers.',
        kafka: 'Described as often.',
      },
      {
        what: 'LZ4 blocks with a back reference of distance 0',
        here: 'Refused with INVALID_RECORD.',
        kafka: 'Stored; what a reader unpacks is arbitrary.',
      },
      {
        what: '`compression.lz4.level`',
        here: 'Accepted without effect: the LZ4 encoder has one speed.',
        kafka: 'Used when the broker packs a batch again.',
      },
      {
        what: 'Errors of single records in an answer to Produce',
        here: `The first ${thousands(maxRecordErrors)} of a batch.`,
        kafka: 'All.',
      },
      {
        what: 'Producers that a partition remembers',
        here: `${thousands(maxProducersPerPartition)}; the one that has been silent longest is forgotten first.`,
        kafka: 'No limit but `producer.id.expiration.ms`.',
      },
      {
        what: 'Partitions of one broker',
        here: `At most ${thousands(maxPartitionsPerBroker)}.`,
        kafka: 'No fixed limit.',
      },
    ],
  },
  {
    title: 'Settings and connections',
    differences: [
      {
        what: 'Features (KIP-584)',
        here: '`metadata.version` and `eligible.leader.replicas.version`, at the levels of a cluster that Kafka 4.3 formatted. The others come with what they stand for: until then they are neither listed nor taken, so that `kafka-features.sh upgrade --release-version` is refused as a whole.',
        kafka:
          'Also `group.version`, `kraft.version`, `share.version`, `streams.version` and `transaction.version`.',
      },
      {
        what: 'The metadata quorum',
        here: 'One voter, the broker itself, at its own listener. The leader epoch counts its starts, the offsets its changes of topics, configs and features.',
        kafka: 'Controllers with a listener of their own; the offsets are those of `__cluster_metadata`.',
      },
      {
        what: 'UnregisterBroker for the broker that runs',
        here: 'Refused with INVALID_REQUEST.',
        kafka: 'Done, and the broker leads nothing until it is started again.',
      },
      {
        what: 'Unknown keys of a broker',
        here: 'Stop the start, with the nearest known name; refused with INVALID_CONFIG when a client sets them. A known key without effect is accepted and named once in the log.',
        kafka: 'Ignored with a line in the log, because plug-ins may know them.',
      },
      {
        what: 'Needed settings',
        here: 'None. The node id is 1 unless it is given, the cluster id is drawn at the first start, there is no format step.',
        kafka:
          '`process.roles`, `node.id`, the controller quorum, and a folder formatted by `kafka-storage.sh`.',
      },
      {
        what: 'Names of classes in configs',
        here: 'Accepted, and nothing is loaded: they name plug-ins in Java.',
        kafka: 'Refused where the class cannot be loaded.',
      },
      {
        what: '`listeners` while the broker runs',
        here: 'Stays as it is: a change to anything else is refused with INVALID_REQUEST.',
        kafka: 'Listeners can be added and removed.',
      },
      {
        what: 'Values that make Kafka fail in another way than it means to (`log.cleaner.threads=0`, `max.connections.per.ip.overrides=x`, an operation of IncrementalAlterConfigs that is none)',
        here: 'Refused with INVALID_REQUEST and the reason.',
        kafka: 'Refused with the words of an arithmetic or index error, or UNKNOWN_SERVER_ERROR.',
      },
      {
        what: 'Loggers of a broker',
        here: 'One, `root`, whose level can be changed while the process runs.',
        kafka: 'One for each class.',
      },
      {
        what: 'Listeners',
        here: 'Exactly one, PLAINTEXT. No TLS, no SASL. Every client is `User:ANONYMOUS` and may do everything.',
        kafka: 'Any number, four security protocols.',
      },
      {
        what: 'Advertised address without `advertised.listeners`',
        here: 'The address and port at which the client itself reached the broker, so that 0.0.0.0 and port 0 are never advertised.',
        kafka: 'The value of `listeners`, or the name of the machine.',
      },
      {
        what: '`listeners`, where nothing is given',
        here: '127.0.0.1:9092 with `bin/odradek start`, a free port of 127.0.0.1 with `Broker.start`: nobody else can connect unless asked for.',
        kafka: 'Port 9092 of every address of the machine.',
      },
      {
        what: 'Data folders',
        here: 'Exactly one; `odradek-data` in the current folder where nothing is given.',
        kafka: 'Any number in `log.dirs`.',
      },
      {
        what: 'The data folder of a broker in memory',
        here: 'DescribeLogDirs and AlterReplicaLogDirs call it `memory`; its volume has no size (-1).',
        kafka: 'Is always on disk.',
      },
    ],
  },
  {
    title: 'Errors that clients see',
    differences: [
      {
        what: 'Transactional ids (InitProducerId, FindCoordinator)',
        here: 'INVALID_REQUEST, because there are no transactions yet: the client fails at once and says why.',
        kafka: 'Answered. (A coordinator error would make a client try again until its time is up.)',
      },
      {
        what: 'A change of a group or of committed offsets that could not be stored',
        here: 'NOT_COORDINATOR. Nothing of the change is in effect; the client looks for the coordinator and tries again.',
        kafka: 'The same code, where its log could not be written.',
      },
      {
        what: 'A change of topics or configs that could not be stored',
        here: 'KAFKA_STORAGE_ERROR. Nothing of the change is in effect.',
        kafka: 'The node stops when it cannot write its metadata log.',
      },
    ],
  },
]
