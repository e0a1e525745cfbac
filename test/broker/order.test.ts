/**
 * Requests of one connection take effect in the order they came and are answered in that order (the client of these
 * tests checks the latter), also when some batches must be unpacked in a worker and their neighbours need not.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fetch } from '#protocol/messages/fetch.ts'
import { initProducerId } from '#protocol/messages/init-producer-id.ts'
import { listOffsets } from '#protocol/messages/list-offsets.ts'
import { codecs } from '#protocol/record-batch.ts'
import { TestBroker } from '../support/broker.ts'
import { batchOf, createTopic, fetchFrom, fetchRequest, produceTo, valuesOf } from '../support/records.ts'

/** Batches that are checked in place, and by size those that are not, in turns of no regular length. */
function values(index: number): string[] {
  const isLarge = index % 3 === 1 || index % 7 === 2
  return isLarge
    ? Array.from({ length: 400 }, (_, record) => `${index}.${record} ${'padding '.repeat(40)}`)
    : [`${index}.0`]
}

test('pipelined batches of one partition', async t => {
  const client = await (await TestBroker.start(t, { folder: true })).connect()
  await createTopic(client, 'topic')
  const sent = Array.from({ length: 60 }, (_, index) => values(index))
  const answers = await Promise.all(
    sent.map((each, index) => produceTo(client, 'topic', batchOf(each, { codec: codecs[index % 5]! }))),
  )
  let offset = 0
  for (const [index, answer] of answers.entries()) {
    assert.deepEqual([answer.errorCode, answer.baseOffset], [0, offset], `batch ${index}`)
    offset += sent[index]!.length
  }
  const read: (string | undefined)[] = []
  while (read.length < offset) read.push(...valuesOf((await fetchFrom(client, 'topic', read.length)).records))
  assert.deepEqual(read, sent.flat())
})

test('pipelined batches of an idempotent producer, over many partitions', async t => {
  const client = await (await TestBroker.start(t)).connect()
  const topic = 'topic'
  const partitions = 4
  await createTopic(client, topic, { partitions })
  const { producerId } = await client.ask(initProducerId, 4, {
    transactionalId: null,
    transactionTimeoutMs: 1,
  })
  const nextSequence = Array.from({ length: partitions }, () => 0)
  const sending = Array.from({ length: 80 }, async (_, index) => {
    const partition = (index * 7) % partitions
    const records = values(index)
    const baseSequence = nextSequence[partition]!
    nextSequence[partition] = baseSequence + records.length
    const batch = batchOf(records, {
      producerId,
      producerEpoch: 0,
      baseSequence,
      codec: codecs[(index >> 1) % 5]!,
    })
    const answer = await produceTo(client, topic, batch, { partition })
    assert.deepEqual([answer.errorCode, answer.baseOffset], [0, baseSequence], `batch ${index}`)
  })
  await Promise.all(sending)
})

test('a topic that packs records anew keeps their order', async t => {
  const client = await (await TestBroker.start(t)).connect()
  await createTopic(client, 'topic', { configs: { 'compression.type': 'gzip' } })
  const sent = Array.from({ length: 30 }, (_, index) => [`${index}`])
  const answers = await Promise.all(
    // Those in gzip stay as they are.
    sent.map((each, index) =>
      produceTo(client, 'topic', batchOf(each, { codec: index % 2 === 0 ? 'gzip' : 'none' })),
    ),
  )
  assert.deepEqual(
    answers.map(answer => answer.baseOffset),
    sent.map((_, index) => index),
  )
  assert.deepEqual(valuesOf((await fetchFrom(client, 'topic', 0)).records), sent.flat())
})

test('a refused batch among pipelined ones changes nothing for its neighbours', async t => {
  const client = await (await TestBroker.start(t)).connect()
  await createTopic(client, 'topic')
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => {
      const batch = batchOf(values(index), { codec: codecs[index % 5]! })
      if (index % 4 === 3) batch[batch.length - 1]! ^= 1
      return produceTo(client, 'topic', batch)
    }),
  )
  let offset = 0
  for (const [index, answer] of answers.entries()) {
    const isRefused = index % 4 === 3
    assert.deepEqual(
      [answer.errorCode, answer.baseOffset],
      isRefused ? [2, -1] : [0, offset],
      `batch ${index}`,
    )
    if (!isRefused) offset += values(index).length
  }
})

test('what was produced before on the same connection is seen by what is asked behind it', async t => {
  const client = await (await TestBroker.start(t, { folder: true })).connect()
  await createTopic(client, 'topic')
  const produced = produceTo(client, 'topic', batchOf(values(1), { codec: 'zstd' }))
  const read = client.ask(fetch, 12, fetchRequest('topic', 0))
  const more = produceTo(client, 'topic', batchOf(['more']))
  const end = client.ask(listOffsets, 7, {
    replicaId: -1,
    topics: [{ name: 'topic', partitions: [{ partitionIndex: 0, timestamp: -1 }] }],
  })
  assert.equal((await produced).baseOffset, 0)
  assert.deepEqual(valuesOf((await read).responses[0]!.partitions[0]!.records), values(1))
  assert.equal((await more).baseOffset, 400)
  assert.equal((await end).topics[0]!.partitions[0]!.offset, 401)
})
