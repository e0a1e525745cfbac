import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '#base/clock.ts'
import { silentLogger } from '#base/logger.ts'
import { SeededRandom } from '#base/random.ts'
import { errorCode, type ErrorName } from '#protocol/error-codes.ts'
import { readBatchHeader } from '#protocol/record-batch.ts'
import { ScriptedBroker } from '../../test/support/scripted-broker.ts'
import { settled } from '../../test/support/settled.ts'
import { Cluster } from './cluster.ts'
import { decodeFetched } from './fetched-records.ts'
import { Producer } from './producer.ts'

interface Batch {
  readonly partition: number
  readonly producerId: number
  readonly sequence: number
  readonly values: readonly string[]
}

/** A producer, and a broker that gives each batch the next error of a list, and takes it when there is none. */
async function setUp(errors: (ErrorName | 'silence' | undefined)[] = []) {
  const clock = new FakeClock()
  const batches: Batch[] = []
  let producerIds = 0
  let offset = 100
  const broker = new ScriptedBroker({
    Metadata: () => ({
      brokers: [{ nodeId: 1, host: 'broker', port: 9092 }],
      topics: [
        {
          name: 't',
          partitions: [0, 1, 2].map(partitionIndex => ({
            partitionIndex,
            leaderId: 1,
            replicaNodes: [1],
            isrNodes: [1],
          })),
        },
      ],
    }),
    InitProducerId: () => ({ producerId: ++producerIds, producerEpoch: 0 }),
    Produce: request => {
      const { index, records } = request.topicData[0].partitionData[0]
      const { producerId, baseSequence } = readBatchHeader(records, 0)
      const values = decodeFetched(records, 0).records.map(({ value }) => String(value))
      batches.push({ partition: index, producerId, sequence: baseSequence, values })
      const error = errors.shift()
      if (error === 'silence') return undefined
      const baseOffset = error === undefined ? offset : -1
      if (error === undefined) offset += values.length
      const { name, topicId } = request.topicData[0]
      const partitionResponses = [{ index, errorCode: errorCode(error ?? 'NONE'), baseOffset }]
      return { responses: [{ name, topicId, partitionResponses }] }
    },
  })
  const cluster = new Cluster({
    bootstrap: [broker.address],
    clientId: 'test',
    clock,
    random: new SeededRandom(3),
    logger: silentLogger,
    dial: broker.dial,
  })
  const producer = new Producer(cluster)
  await settled(clock, producer.start('t'))
  const send = (value: string, key: string | null = null, partition?: number) =>
    producer.send({
      topic: 't',
      key: key === null ? null : Buffer.from(key),
      value: Buffer.from(value),
      partition,
      timestampMs: 0,
    })
  const identities = () => batches.map(({ producerId, sequence }) => `${producerId}:${sequence}`)
  return { clock, batches, identities, send }
}

test('gathers records into a batch and tells each its offset', async () => {
  const { clock, batches, send } = await setUp()
  const sent = Promise.all([send('a', null, 1), send('b', null, 1), send('c', null, 1)])
  assert.deepEqual(
    await settled(clock, sent),
    [100, 101, 102].map(offset => ({ topic: 't', partition: 1, offset })),
  )
  await settled(clock, send('d', null, 1))
  assert.deepEqual(batches, [
    { partition: 1, producerId: 1, sequence: 0, values: ['a', 'b', 'c'] },
    { partition: 1, producerId: 1, sequence: 3, values: ['d'] },
  ])
})

test('chooses partitions by key as Kafka does, and one for each batch without keys', async () => {
  const { clock, send } = await setUp()
  // murmur2 of '21' and 'foobar' as in Kafka's own UtilsTest: -973932308 and -790332482.
  const keyed = await settled(clock, Promise.all([send('x', '21'), send('x', 'foobar')]))
  const expected = [-973932308, -790332482].map(hash => (hash & 0x7fffffff) % 3)
  assert.deepEqual(
    keyed.map(({ partition }) => partition),
    expected,
  )
  const unkeyed = await settled(clock, Promise.all([send('x'), send('x'), send('x')]))
  assert.equal(new Set(unkeyed.map(({ partition }) => partition)).size, 1)
  const chosen = new Set<number>()
  for (let batch = 0; batch < 30; batch++) chosen.add((await settled(clock, send('x'))).partition)
  assert.equal(chosen.size, 3, 'the next batch may go elsewhere')
})

test('sends a batch again with the same sequence, after errors that pass', async () => {
  const { clock, identities, send } = await setUp(['NOT_LEADER_OR_FOLLOWER', 'NOT_ENOUGH_REPLICAS'])
  assert.equal((await settled(clock, send('a', null, 0))).offset, 100)
  assert.deepEqual(identities(), ['1:0', '1:0', '1:0'])
})

test('goes on with the same sequence after a batch that the broker refused', async () => {
  const { clock, identities, send } = await setUp(['INVALID_RECORD'])
  await assert.rejects(settled(clock, send('a', null, 0)), { errorName: 'INVALID_RECORD' })
  await settled(clock, send('b', null, 0))
  assert.deepEqual(identities(), ['1:0', '1:0'])
})

test('takes a new producer id when nobody knows whether a batch was stored', async () => {
  const { clock, identities, send } = await setUp(['silence'])
  // One silence lasts as long as the request may take, which is as long as the delivery may take.
  await assert.rejects(settled(clock, send('a', null, 0), 60_000), { name: 'ConnectionError' })
  await settled(clock, send('b', null, 0))
  assert.deepEqual(identities(), ['1:0', '2:0'])
})

test('takes a new producer id when the broker has forgotten the old one', async () => {
  const { clock, identities, send } = await setUp([undefined, 'UNKNOWN_PRODUCER_ID'])
  await settled(clock, send('a', null, 0))
  await settled(clock, send('b', null, 0))
  assert.deepEqual(identities(), ['1:0', '1:1', '2:0'])
})

test('counts a duplicate as stored', async () => {
  const { clock, send } = await setUp(['DUPLICATE_SEQUENCE_NUMBER'])
  assert.equal((await settled(clock, send('a', null, 0))).offset, -1)
})

test('splits a batch that is too large for the topic, and keeps the order', async () => {
  const { clock, batches, send } = await setUp(['MESSAGE_TOO_LARGE', 'MESSAGE_TOO_LARGE'])
  const sent = await settled(clock, Promise.all(['a', 'b', 'c', 'd'].map(value => send(value, null, 0))))
  assert.deepEqual(
    sent.map(({ offset }) => offset),
    [100, 101, 102, 103],
  )
  assert.deepEqual(
    batches.map(({ values, sequence }) => `${values.join('')} ${sequence}`),
    ['abcd 0', 'ab 0', 'a 0', 'b 1', 'cd 2'],
  )
})

test('fails the one record that is too large', async () => {
  const { clock, send } = await setUp(['MESSAGE_TOO_LARGE'])
  await assert.rejects(settled(clock, send('a', null, 0)), { errorName: 'MESSAGE_TOO_LARGE' })
})

test('refuses a partition that is not there', async () => {
  const { send } = await setUp()
  await assert.rejects(send('a', null, 3), /t\[3\]: the topic has 3 partitions/)
})
