/** The client of the command line against a whole broker: what it sends, it reads, in every codec and in groups. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { SystemClock } from '#base/clock.ts'
import { silentLogger } from '#base/logger.ts'
import { SystemRandom } from '#base/random.ts'
import { createTopics } from '#client/admin.ts'
import { Cluster } from '#client/cluster.ts'
import type { FetchedRecord } from '#client/fetched-records.ts'
import { describeGroup } from '#client/group-admin.ts'
import { GroupConsumer } from '#client/group-consumer.ts'
import { offsetRanges } from '#client/list-offsets.ts'
import { PartitionReader } from '#client/partition-reader.ts'
import { Producer } from '#client/producer.ts'
import { partitionForKey } from '#protocol/murmur2.ts'
import { codecs } from '#protocol/record-batch.ts'
import { Broker } from '../../src/index.ts'

let broker: Broker
let cluster: Cluster
const partitionCount = 3

before(async () => {
  // A group that waits three seconds for more members makes a slow test and no better one.
  broker = await Broker.start({ storage: 'memory', set: { 'group.initial.rebalance.delay.ms': '0' } })
  const [host, port] = broker.bootstrapServers.split(':')
  cluster = new Cluster({
    bootstrap: [{ host: host!, port: Number(port) }],
    clientId: 'test',
    clock: new SystemClock(),
    random: new SystemRandom(),
    logger: silentLogger,
  })
})

after(async () => {
  await cluster.close()
  await broker.close()
})

async function topicOf(name: string): Promise<{ topic: string; partition: number }[]> {
  const outcomes = await createTopics(cluster, [
    { name, partitionCount, replicationFactor: 1, configs: new Map() },
  ])
  assert.equal(outcomes.get(name), undefined)
  return Array.from({ length: partitionCount }, (_, partition) => ({ topic: name, partition }))
}

async function produce(topic: string, count: number, codec: (typeof codecs)[number] = 'none'): Promise<void> {
  const producer = new Producer(cluster, { codec })
  await producer.start(topic)
  await Promise.all(
    Array.from({ length: count }, (_, index) =>
      producer.send({
        topic,
        key: Buffer.from(`key-${index}`),
        value: index % 10 === 0 ? null : Buffer.from(`value-${index}`.repeat(20)),
        headers: [
          { key: 'codec', value: Buffer.from(codec) },
          { key: 'none', value: null },
        ],
        timestampMs: 1_700_000_000_000 + index,
      }),
    ),
  )
}

for (const codec of codecs) {
  test(`reads what it sent with codec ${codec}, where Kafka's partitioner puts it`, async () => {
    const topic = `codec-${codec}`
    const partitions = await topicOf(topic)
    await produce(topic, 1000, codec)
    const ranges = await offsetRanges(cluster, partitions)
    const total = [...ranges.values()].reduce((sum, { start, end }) => sum + end - start, 0)
    assert.equal(total, 1000)

    const reader = new PartitionReader(cluster)
    reader.assign(partitions.map(at => ({ ...at, offset: 0 })))
    const found = new Map<string, { record: FetchedRecord; partition: number }>()
    while (found.size < 1000) {
      for (const { partition, records } of await reader.poll()) {
        for (const record of records) found.set(String(record.key), { record, partition })
      }
    }
    for (let index = 0; index < 1000; index++) {
      const { record, partition } = found.get(`key-${index}`)!
      assert.equal(partition, partitionForKey(record.key!, partitionCount))
      assert.equal(record.value?.toString() ?? null, index % 10 === 0 ? null : `value-${index}`.repeat(20))
      assert.equal(record.timestampMs, 1_700_000_000_000 + index)
      assert.deepEqual(record.headers, [
        { key: 'codec', value: Buffer.from(codec) },
        { key: 'none', value: null },
      ])
    }
  })
}

/** Polls all members until `enough`, each at its own pace: one that joins waits for the next poll of the others. */
async function pollUntil(
  consumers: readonly GroupConsumer[],
  counts: number[],
  enough: () => boolean,
): Promise<void> {
  await Promise.all(
    consumers.map(async (consumer, index) => {
      while (!enough()) {
        for (const { records } of await consumer.poll()) counts[index]! += records.length
      }
    }),
  )
}

test('a group shares out partitions, takes over what a member leaves, and goes on where it was', async () => {
  const topic = 'shared'
  await topicOf(topic)
  await produce(topic, 300)
  const options = { groupId: 'sharers', topics: [topic], reset: 'earliest', heartbeatIntervalMs: 50 } as const
  const assigned: number[] = [0, 0]
  const [first, second] = [0, 1].map(
    index =>
      new GroupConsumer(cluster, {
        ...options,
        onAssigned: partitions => {
          assigned[index] = partitions.length
        },
      }),
  ) as [GroupConsumer, GroupConsumer]
  const counts = [0, 0]
  await pollUntil([first], counts, () => counts[0] === 300)
  assert.deepEqual(assigned, [3, 0])

  // Who gets two depends on the members' ids, and those on chance.
  const isShared = (): boolean => assigned.toSorted((a, b) => a - b).join() === '1,2'
  // The first learns of the second by a heartbeat, gives back what it has, and commits before that.
  await pollUntil([first, second], counts, isShared)
  const group = await describeGroup(cluster, 'sharers')
  assert.deepEqual(
    group.members.map(({ partitions }) => partitions.length).toSorted((a, b) => a - b),
    [1, 2],
  )
  await produce(topic, 300)
  await pollUntil([first, second], counts, () => counts[0]! + counts[1]! >= 600)
  assert.ok(counts[1]! > 0, 'the second member read its share')
  await first.poll()
  await second.poll()

  await second.close()
  await pollUntil([first], counts, () => assigned[0] === 3)
  await first.close()
  assert.equal((await describeGroup(cluster, 'sharers')).state, 'Empty')
  assert.equal(counts[0]! + counts[1]!, 600, 'nothing came twice')

  const next = new GroupConsumer(cluster, options)
  await produce(topic, 1)
  const count = [0]
  await pollUntil([next], count, () => count[0]! > 0)
  assert.deepEqual(count, [1])
  await next.close()
})
