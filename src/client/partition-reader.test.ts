import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '#base/clock.ts'
import { silentLogger } from '#base/logger.ts'
import { SeededRandom } from '#base/random.ts'
import { encodeBatch } from '#protocol/encode-batch.ts'
import { errorCode, type ErrorName } from '#protocol/error-codes.ts'
import { ScriptedBroker } from '../../test/support/scripted-broker.ts'
import { settled } from '../../test/support/settled.ts'
import { Cluster } from './cluster.ts'
import { type FetchedPartition, PartitionReader, type ReaderOptions } from './partition-reader.ts'

const firstOffset = 10
const endOffset = 14

/** Topic t with records 10 to 13 in each of two partitions; fetches get the next error of the list. */
function setUp(errors: (ErrorName | undefined)[] = [], options: ReaderOptions = {}) {
  const clock = new FakeClock()
  const warnings: string[] = []
  const topicId = 'AAECAwQFBgcICQoLDA0ODw'
  const broker = new ScriptedBroker({
    Metadata: () => ({
      brokers: [{ nodeId: 1, host: 'broker', port: 9092 }],
      topics: [
        { name: 't', topicId, partitions: [0, 1].map(partitionIndex => ({ partitionIndex, leaderId: 1 })) },
      ],
    }),
    ListOffsets: ({ topics }) => ({
      topics: topics.map(({ name, partitions }: any) => ({
        name,
        partitions: partitions.map(({ partitionIndex, timestamp }: any) => ({
          partitionIndex,
          offset: timestamp === -2 ? firstOffset : endOffset,
        })),
      })),
    }),
    Fetch: ({ topics }) => ({
      responses: topics.map((topic: any) => ({
        topicId: topic.topicId,
        partitions: topic.partitions.map(({ partition, fetchOffset }: any) => {
          const isInRange = fetchOffset >= firstOffset && fetchOffset <= endOffset
          const error = errors.shift() ?? (isInRange ? 'NONE' : 'OFFSET_OUT_OF_RANGE')
          const at = { partitionIndex: partition, errorCode: errorCode(error), highWatermark: endOffset }
          return error === 'NONE' && fetchOffset < endOffset
            ? { ...at, records: recordsFrom(fetchOffset) }
            : at
        }),
      })),
    }),
  })
  const cluster = new Cluster({
    bootstrap: [broker.address],
    clientId: 'test',
    clock,
    random: new SeededRandom(1),
    logger: { ...silentLogger, warn: message => warnings.push(message) },
    dial: broker.dial,
  })
  const reader = new PartitionReader(cluster, options)
  /** The offsets that come with the first poll that brings some, or nothing after as many polls as that. */
  const poll = async (polls = 5): Promise<string> => {
    for (let count = 0; count < polls; count++) {
      const fetched = await settled(clock, reader.poll())
      if (fetched.some(({ records }) => records.length > 0)) return offsetsOf(fetched)
    }
    return ''
  }
  return { broker, reader, poll, warnings }
}

function recordsFrom(offset: number): Buffer {
  // Whole batches come: of two records each.
  const baseOffset = offset - (offset % 2)
  const records = [0, 1].map(() => ({ timestampMs: 1, key: null, value: Buffer.from('v') }))
  return encodeBatch({ baseOffset }, records)
}

function offsetsOf(fetched: readonly FetchedPartition[]): string {
  return fetched
    .map(({ partition, records }) => `${partition}: ${records.map(({ offset }) => offset).join(' ')}`)
    .join(', ')
}

const t0 = { topic: 't', partition: 0 }
const t1 = { topic: 't', partition: 1 }

test('reads on from the positions that it was given', async () => {
  const { reader, poll } = setUp()
  reader.assign([
    { ...t0, offset: 11 },
    { ...t1, offset: 12 },
  ])
  assert.equal(await poll(), '0: 11, 1: 12 13')
  assert.equal(await poll(), '0: 12 13, 1: ')
  assert.equal(await poll(2), '')
})

test('goes on at the first or the next record where those at the position are gone', async () => {
  for (const [onOutOfRange, expected] of [
    ['earliest', '0: 10 11'],
    ['latest', ''],
  ] as const) {
    const { reader, poll, warnings } = setUp([], { onOutOfRange })
    reader.assign([{ ...t0, offset: 3 }])
    assert.equal(await poll(), expected)
    const offset = onOutOfRange === 'earliest' ? 10 : 14
    assert.deepEqual(warnings, [`t[0]: there is nothing at offset 3, going on at ${offset}`])
  }
})

test('finds a new leader, and what was missed meanwhile', async () => {
  const { broker, reader, poll } = setUp(['NOT_LEADER_OR_FOLLOWER', 'FENCED_LEADER_EPOCH'])
  reader.assign([{ ...t0, offset: 10 }])
  assert.equal(await poll(), '0: 10 11')
  assert.equal(broker.asked.filter(({ api }) => api === 'Metadata').length, 3)
})

test('outlives a connection that breaks', async () => {
  const { broker, reader, poll } = setUp()
  reader.assign([{ ...t0, offset: 10 }])
  assert.equal(await poll(), '0: 10 11')
  broker.hangUp()
  assert.equal(await poll(), '0: 12 13')
})

test('fails on what does not pass', async () => {
  const { reader, poll } = setUp(['TOPIC_AUTHORIZATION_FAILED'])
  reader.assign([{ ...t0, offset: 10 }])
  await assert.rejects(poll(), { errorName: 'TOPIC_AUTHORIZATION_FAILED' })
})

test('names the batch that cannot be read', async () => {
  const { broker, reader, poll } = setUp()
  broker.answers.Fetch = ({ topics: [topic] }) => {
    const records = recordsFrom(10)
    records[records.length - 1]! ^= 1
    return {
      responses: [
        { topicId: topic.topicId, partitions: [{ partitionIndex: 0, highWatermark: 14, records }] },
      ],
    }
  }
  reader.assign([{ ...t0, offset: 10 }])
  await assert.rejects(poll(), /t\[0\] at offset 10 cannot be read: the checksum of a batch is wrong/)
})

test('drops what comes for partitions that it no longer reads', async () => {
  const { broker, reader, poll } = setUp()
  const answer = broker.answers.Fetch!
  const { promise, resolve } = Promise.withResolvers<void>()
  broker.answers.Fetch = async (request, version) => {
    await promise
    return answer(request, version)
  }
  reader.assign([{ ...t0, offset: 10 }])
  const polling = poll()
  while (broker.asked.at(-1)?.api !== 'Fetch') await new Promise(resolve => setImmediate(resolve))
  reader.assign([{ ...t1, offset: 12 }])
  resolve()
  assert.equal(await polling, '1: 12 13')
})
