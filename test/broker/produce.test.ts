/** Produce: acks, what is stored, what is refused, and producers that count their batches. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { errorName } from '#protocol/error-codes.ts'
import { initProducerId } from '#protocol/messages/init-producer-id.ts'
import { listOffsets } from '#protocol/messages/list-offsets.ts'
import { produce } from '#protocol/messages/produce.ts'
import { batchPositions, codecs, readBatchHeader, type Codec } from '#protocol/record-batch.ts'
import { TestBroker } from '../support/broker.ts'
import type { RawClient } from '../support/raw-client.ts'
import {
  batchesOf,
  batchOf,
  createTopic,
  fetchFrom,
  produceRequest,
  produceTo,
  recordsOf,
  someTimeMs,
  valuesOf,
} from '../support/records.ts'

interface Setting {
  readonly broker: TestBroker
  readonly client: RawClient
  readonly topic: string
  readonly topicId: string
}

async function start(t: TestContext, configs: Record<string, string> = {}, partitions = 1): Promise<Setting> {
  const broker = await TestBroker.start(t)
  const client = await broker.connect()
  const topic = broker.name('topic')
  return { broker, client, topic, topicId: await createTopic(client, topic, { configs, partitions }) }
}

/** "NONE at 3", or the name of an error. */
async function outcome(client: RawClient, topic: string, records: Buffer, partition = 0): Promise<string> {
  const { errorCode, baseOffset } = await produceTo(client, topic, records, { partition })
  if (errorCode === 0) return `NONE at ${baseOffset}`
  assert.equal(baseOffset, -1)
  return errorName(errorCode) ?? String(errorCode)
}

for (const acks of [1, -1] as const) {
  test(`acks ${acks}: what is answered can be read`, async t => {
    const { client, topic } = await start(t)
    for (const [offset, value] of [
      [0, 'a'],
      [1, 'b'],
    ] as const) {
      const answer = await produceTo(client, topic, batchOf([value]), { acks })
      assert.equal(answer.errorCode, 0)
      assert.equal(answer.baseOffset, offset)
      assert.equal(answer.logStartOffset, 0)
      assert.equal(answer.logAppendTimeMs, -1)
      const fetched = await fetchFrom(client, topic, offset)
      assert.equal(fetched.highWatermark, offset + 1)
      assert.deepEqual(valuesOf(fetched.records), [value])
    }
  })
}

test('acks 0: there is no answer, and later requests of the connection come after it', async t => {
  const { client, topic } = await start(t)
  client.send(produce, 11, produceRequest(topic, batchOf(['quiet']), { acks: 0 }))
  assert.equal(await outcome(client, topic, batchOf(['loud'])), 'NONE at 1')
  assert.deepEqual(valuesOf((await fetchFrom(client, topic, 0)).records), ['quiet', 'loud'])
})

for (const [what, make] of [
  ['of an unknown topic', (topic: string) => produceRequest(`${topic}-other`, batchOf(['a']), { acks: 0 })],
  [
    'of an unknown partition',
    (topic: string) => produceRequest(topic, batchOf(['a']), { acks: 0, partition: 9 }),
  ],
  [
    'with a wrong CRC',
    (topic: string) => {
      const batch = batchOf(['a'])
      batch[batchPositions.crc]! ^= 1
      return produceRequest(topic, batch, { acks: 0 })
    },
  ],
] as const) {
  test(`acks 0: records ${what} close the connection`, async t => {
    const { broker, client, topic } = await start(t)
    client.send(produce, 11, make(topic))
    await client.closed
    assert.equal(await outcome(await broker.connect(), topic, batchOf(['b'])), 'NONE at 0')
  })
}

test('other acks are refused', async t => {
  const { client, topic } = await start(t)
  for (const acks of [2, -2, 100]) {
    const answer = await client.ask(produce, 11, produceRequest(topic, batchOf(['a']), { acks }))
    const [partition] = answer.responses[0]!.partitionResponses
    assert.equal(errorName(partition!.errorCode), 'INVALID_REQUIRED_ACKS')
    assert.equal(partition!.baseOffset, -1)
  }
  assert.equal(await outcome(client, topic, batchOf(['b'])), 'NONE at 0')
})

for (const codec of codecs) {
  test(`records in ${codec} come back byte for byte`, async t => {
    const { client, topic } = await start(t)
    const sent = batchOf(['a', 'b'.repeat(5000), ''], { codec })
    await produceTo(client, topic, batchOf(['before']))
    assert.equal(await outcome(client, topic, Buffer.from(sent)), 'NONE at 1')
    const { records } = await fetchFrom(client, topic, 1)
    const [batch] = batchesOf(records!)
    assert.equal(readBatchHeader(batch!, 0).baseOffset, 1)
    assert.equal(readBatchHeader(batch!, 0).leaderEpoch, 0)
    // The two fields that the broker sets are not covered by the CRC.
    const fromMagic = batchPositions.magic
    assert.ok(batch!.subarray(fromMagic).equals(sent.subarray(fromMagic)))
    assert.deepEqual(
      recordsOf(records).map(({ offset, timestampMs }) => [offset, timestampMs - someTimeMs]),
      [
        [1, 0],
        [2, 1],
        [3, 2],
      ],
    )
  })
}

for (const wanted of codecs.filter(codec => codec !== 'none')) {
  test(`a topic with compression.type=${wanted} stores records in it`, async t => {
    const { client, topic } = await start(t, { 'compression.type': wanted })
    for (const codec of ['none', 'gzip', wanted] as Codec[])
      await produceTo(client, topic, batchOf(['a', 'b'], { codec }))
    const { records } = await fetchFrom(client, topic, 0)
    assert.deepEqual(
      batchesOf(records!).map(batch => readBatchHeader(batch, 0).codec),
      [wanted, wanted, wanted],
    )
    assert.deepEqual(valuesOf(records), ['a', 'b', 'a', 'b', 'a', 'b'])
  })
}

test('a topic with compression.type=uncompressed stores records unpacked', async t => {
  const { client, topic } = await start(t, { 'compression.type': 'uncompressed' })
  await produceTo(client, topic, batchOf(['a', 'b'], { codec: 'zstd' }))
  const { records } = await fetchFrom(client, topic, 0)
  assert.equal(readBatchHeader(batchesOf(records!)[0]!, 0).codec, 'none')
  assert.deepEqual(valuesOf(records), ['a', 'b'])
})

test('a topic with LogAppendTime stamps records itself', async t => {
  const { client, topic } = await start(t, { 'message.timestamp.type': 'LogAppendTime' })
  const earliest = Date.now()
  for (const codec of ['none', 'gzip'] as const) {
    const answer = await produceTo(client, topic, batchOf(['a', 'b'], { codec }))
    assert.ok(answer.logAppendTimeMs >= earliest && answer.logAppendTimeMs <= Date.now())
    const { records } = await fetchFrom(client, topic, answer.baseOffset)
    assert.deepEqual(
      recordsOf(records).map(record => record.timestampMs),
      [answer.logAppendTimeMs, answer.logAppendTimeMs],
    )
  }
})

test('by topic id, from version 13 on', async t => {
  const { client, topic, topicId } = await start(t)
  const ask = async (id: string) => {
    const { acks, timeoutMs, topicData } = produceRequest(topic, batchOf(['a']))
    const request = {
      acks,
      timeoutMs,
      topicData: topicData.map(each => ({ ...each, name: '', topicId: id })),
    }
    const [answered] = (await client.ask(produce, 13, request)).responses
    assert.equal(answered!.topicId, id)
    return errorName(answered!.partitionResponses[0]!.errorCode)
  }
  assert.equal(await ask(topicId), 'NONE')
  assert.equal(await ask('abcdefghijklmnopqrstuA'), 'UNKNOWN_TOPIC_ID')
})

test('topics and partitions that do not exist', async t => {
  const { client, topic } = await start(t)
  assert.equal(await outcome(client, `${topic}-other`, batchOf(['a'])), 'UNKNOWN_TOPIC_OR_PARTITION')
  for (const partition of [1, -1, 2 ** 31 - 1])
    assert.equal(await outcome(client, topic, batchOf(['a']), partition), 'UNKNOWN_TOPIC_OR_PARTITION')
  assert.equal(await outcome(client, '__consumer_offsets', batchOf(['a'])), 'INVALID_TOPIC_EXCEPTION')
})

test('partitions of one request are accepted or refused each by itself', async t => {
  const { client, topic } = await start(t, {}, 3)
  const broken = batchOf(['b'])
  broken[broken.length - 1]! ^= 1
  const answer = await client.ask(produce, 11, {
    acks: -1,
    timeoutMs: 1000,
    topicData: [
      {
        name: topic,
        partitionData: [
          { index: 2, records: batchOf(['a']) },
          { index: 0, records: broken },
          { index: 7, records: batchOf(['c']) },
          { index: 1, records: batchOf(['d'], { codec: 'lz4' }) },
        ],
      },
    ],
  })
  const byIndex = answer.responses[0]!.partitionResponses.map(
    each => `${each.index} ${errorName(each.errorCode)} ${each.baseOffset}`,
  )
  assert.deepEqual(
    byIndex.sort((a, b) => a.localeCompare(b)),
    ['0 CORRUPT_MESSAGE -1', '1 NONE 0', '2 NONE 0', '7 UNKNOWN_TOPIC_OR_PARTITION -1'],
  )
})

/** [what, record set, error] */
const invalid: [string, () => Buffer, string][] = [
  ['no bytes', () => Buffer.alloc(0), 'INVALID_RECORD'],
  ['two batches', () => Buffer.concat([batchOf(['a']), batchOf(['b'])]), 'INVALID_RECORD'],
  ['a part of a batch', () => batchOf(['a']).subarray(0, -1), 'INVALID_RECORD'],
  ['a control batch', () => batchOf(['a'], { isControl: true }), 'INVALID_RECORD'],
  [
    'a transactional batch',
    () => batchOf(['a'], { isTransactional: true, producerId: 1, producerEpoch: 0, baseSequence: 0 }),
    'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  ],
  ['a flipped bit', () => flipped(batchOf(['abc']), -1), 'CORRUPT_MESSAGE'],
  ['a record too large', () => batchOf(['a'.repeat(1_048_600)]), 'MESSAGE_TOO_LARGE'],
  ['a compressed body that is none', () => flipCodec(batchOf(['abc'])), 'CORRUPT_MESSAGE or INVALID_RECORD'],
]

function flipped(batch: Buffer, at: number): Buffer {
  batch[at < 0 ? batch.length + at : at]! ^= 1
  return batch
}

/** Says gzip and is not, with a right CRC. */
function flipCodec(plain: Buffer): Buffer {
  const gzip = batchOf(['abc'], { codec: 'gzip' })
  plain.copy(gzip, batchPositions.recordCount + 4, batchPositions.recordCount + 4)
  return gzip
}

for (const [what, make, error] of invalid) {
  test(`${what}: ${error}`, async t => {
    const { client, topic } = await start(t)
    const actual = await outcome(client, topic, make())
    assert.ok(error.split(' or ').includes(actual), actual)
    assert.equal(await outcome(client, topic, batchOf(['good'])), 'NONE at 0')
  })
}

test('null instead of records', async t => {
  // Kafka never answers this.
  const client = await (await TestBroker.start(t, { set: {} })).connect()
  await createTopic(client, 'topic')
  const answer = await client.ask(produce, 11, produceRequest('topic', null as never))
  assert.equal(errorName(answer.responses[0]!.partitionResponses[0]!.errorCode), 'INVALID_RECORD')
})

test('records without a key are refused by a compacted topic, each by its index', async t => {
  const { client, topic } = await start(t, { 'cleanup.policy': 'compact' })
  const answer = await produceTo(client, topic, batchOf(['a', 'b']))
  assert.equal(errorName(answer.errorCode), 'INVALID_RECORD')
  assert.deepEqual(
    answer.recordErrors.map(each => each.batchIndex),
    [0, 1],
  )
  assert.notEqual(answer.errorMessage, null)
})

test('records from too far in the future or the past', async t => {
  const { client, topic } = await start(t, {
    'message.timestamp.after.max.ms': '1000',
    'message.timestamp.before.max.ms': '3600000',
  })
  // batchOf's time is years ago.
  const answer = await produceTo(client, topic, batchOf(['a', 'b']))
  assert.equal(errorName(answer.errorCode), 'INVALID_TIMESTAMP')
  assert.deepEqual(
    answer.recordErrors.map(each => each.batchIndex),
    [0, 1],
  )
})

test('zstd needs version 7', async t => {
  const { client, topic } = await start(t)
  const request = produceRequest(topic, batchOf(['a'], { codec: 'zstd' }))
  for (const [version, error] of [
    [6, 'UNSUPPORTED_COMPRESSION_TYPE'],
    [7, 'NONE'],
  ] as const) {
    const answer = await client.ask(produce, version, request)
    assert.equal(errorName(answer.responses[0]!.partitionResponses[0]!.errorCode), error)
  }
})

test('one transactional batch refuses the whole request that names no transactional id', async t => {
  const { client, topic } = await start(t, {}, 2)
  const transactional = batchOf(['a'], {
    isTransactional: true,
    producerId: 1,
    producerEpoch: 0,
    baseSequence: 0,
  })
  const answer = await client.ask(produce, 11, {
    acks: -1,
    timeoutMs: 1000,
    topicData: [
      {
        name: topic,
        partitionData: [
          { index: 0, records: batchOf(['b']) },
          { index: 1, records: transactional },
        ],
      },
    ],
  })
  assert.deepEqual(
    answer.responses[0]!.partitionResponses.map(each => errorName(each.errorCode)),
    ['TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED'],
  )
  assert.equal(await outcome(client, topic, batchOf(['c'])), 'NONE at 0')
  client.send(produce, 11, produceRequest(topic, transactional, { acks: 0 }))
  await client.closed
})

test('a request that names a transactional id is refused while there are no transactions', async t => {
  const broker = await TestBroker.start(t, { set: {} })
  const client = await broker.connect()
  await createTopic(client, 'topic')
  const producer = { isTransactional: true, producerId: 1, producerEpoch: 0, baseSequence: 0 }
  const request = { ...produceRequest('topic', batchOf(['a'], producer)), transactionalId: 'mine' }
  const answer = await client.ask(produce, 11, request)
  assert.equal(errorName(answer.responses[0]!.partitionResponses[0]!.errorCode), 'INVALID_TXN_STATE')
  const init = await client.ask(initProducerId, 4, { transactionalId: 'mine', transactionTimeoutMs: 1000 })
  assert.equal(errorName(init.errorCode), 'INVALID_REQUEST')
})

async function newProducerId(client: RawClient): Promise<number> {
  const answer = await client.ask(initProducerId, 4, { transactionalId: null, transactionTimeoutMs: 1000 })
  assert.equal(answer.errorCode, 0)
  assert.equal(answer.producerEpoch, 0)
  return answer.producerId
}

/** A batch of `values` that a producer has numbered. */
function numbered(
  producerId: number,
  baseSequence: number,
  values: readonly string[],
  producerEpoch = 0,
  codec: Codec = 'none',
): Buffer {
  return batchOf(values, { producerId, producerEpoch, baseSequence, codec })
}

test('producer ids differ', async t => {
  const { client } = await start(t)
  const ids = new Set<number>()
  for (let count = 0; count < 20; count++) ids.add(await newProducerId(client))
  assert.equal(ids.size, 20)
})

test('a batch that is sent again is stored once and answered alike', async t => {
  const { broker, client, topic } = await start(t)
  const id = await newProducerId(client)
  for (let sequence = 0; sequence < 10; sequence += 2)
    assert.equal(await outcome(client, topic, numbered(id, sequence, ['a', 'b'])), `NONE at ${sequence}`)
  // The last five are remembered, whichever connection they come over.
  const other = await broker.connect()
  for (let sequence = 0; sequence < 10; sequence += 2)
    assert.equal(await outcome(other, topic, numbered(id, sequence, ['a', 'b'])), `NONE at ${sequence}`)
  assert.equal(await outcome(client, topic, numbered(id, 10, ['c'])), 'NONE at 10')
  // The first is forgotten now.
  assert.equal(await outcome(client, topic, numbered(id, 0, ['a', 'b'])), 'OUT_OF_ORDER_SEQUENCE_NUMBER')
  assert.equal(await outcome(client, topic, numbered(id, 11, ['d'])), 'NONE at 11')
})

test('a batch that overlaps an earlier one, or leaves a gap, is out of order', async t => {
  const { client, topic } = await start(t)
  const id = await newProducerId(client)
  assert.equal(await outcome(client, topic, numbered(id, 0, ['a', 'b', 'c'])), 'NONE at 0')
  for (const sequence of [1, 2, 4, 100])
    assert.equal(await outcome(client, topic, numbered(id, sequence, ['d'])), 'OUT_OF_ORDER_SEQUENCE_NUMBER')
  assert.equal(await outcome(client, topic, numbered(id, 3, ['d'])), 'NONE at 3')
})

test('each partition counts for itself', async t => {
  const { client, topic } = await start(t, {}, 2)
  const id = await newProducerId(client)
  assert.equal(await outcome(client, topic, numbered(id, 0, ['a']), 0), 'NONE at 0')
  assert.equal(await outcome(client, topic, numbered(id, 0, ['b']), 1), 'NONE at 0')
  assert.equal(await outcome(client, topic, numbered(id, 1, ['c']), 1), 'NONE at 1')
})

test('a new epoch begins at 0, and the older one is fenced', async t => {
  const { client, topic } = await start(t)
  const id = await newProducerId(client)
  assert.equal(await outcome(client, topic, numbered(id, 0, ['a', 'b'])), 'NONE at 0')
  assert.equal(await outcome(client, topic, numbered(id, 2, ['c'], 1)), 'OUT_OF_ORDER_SEQUENCE_NUMBER')
  assert.equal(await outcome(client, topic, numbered(id, 0, ['c'], 1)), 'NONE at 2')
  assert.equal(await outcome(client, topic, numbered(id, 2, ['d'], 0)), 'INVALID_PRODUCER_EPOCH')
  assert.equal(await outcome(client, topic, numbered(id, 1, ['d'], 1)), 'NONE at 3')
})

test('a producer that the partition does not know may begin anywhere', async t => {
  const { client, topic } = await start(t)
  const id = await newProducerId(client)
  assert.equal(await outcome(client, topic, numbered(id, 1000, ['a'])), 'NONE at 0')
  assert.equal(await outcome(client, topic, numbered(id, 1001, ['b'])), 'NONE at 1')
})

test('sequences go on at 0 after the largest', async t => {
  const { client, topic } = await start(t)
  const id = await newProducerId(client)
  assert.equal(await outcome(client, topic, numbered(id, 2 ** 31 - 2, ['a', 'b', 'c'])), 'NONE at 0')
  assert.equal(await outcome(client, topic, numbered(id, 1, ['d'])), 'NONE at 3')
})

test('five batches on the way at once are all stored, in order', async t => {
  const { client, topic } = await start(t)
  const id = await newProducerId(client)
  for (let round = 0; round < 10; round++) {
    const sent = [0, 1, 2, 3, 4].map(index => {
      const sequence = round * 5 + index
      return produceTo(client, topic, numbered(id, sequence, [`${sequence}`], 0, codecs[index]))
    })
    const answers = await Promise.all(sent)
    assert.deepEqual(
      answers.map(answer => [answer.errorCode, answer.baseOffset - round * 5]),
      [0, 1, 2, 3, 4].map(index => [0, index]),
    )
  }
  const { records } = await fetchFrom(client, topic, 0)
  assert.deepEqual(
    valuesOf(records),
    Array.from({ length: 50 }, (_, index) => `${index}`),
  )
})

test('when one of five is refused, those behind it are out of order', async t => {
  const { client, topic } = await start(t)
  const id = await newProducerId(client)
  const batches = [0, 1, 2, 3, 4].map(sequence => numbered(id, sequence, [`${sequence}`]))
  flipped(batches[1]!, -1)
  const answers = await Promise.all(batches.map(batch => outcome(client, topic, batch)))
  assert.deepEqual(answers, [
    'NONE at 0',
    'CORRUPT_MESSAGE',
    'OUT_OF_ORDER_SEQUENCE_NUMBER',
    'OUT_OF_ORDER_SEQUENCE_NUMBER',
    'OUT_OF_ORDER_SEQUENCE_NUMBER',
  ])
  const again = await Promise.all(
    [1, 2, 3, 4].map(sequence => outcome(client, topic, numbered(id, sequence, [`${sequence}`]))),
  )
  assert.deepEqual(again, ['NONE at 1', 'NONE at 2', 'NONE at 3', 'NONE at 4'])
})

test('refused records leave no trace', async t => {
  const { client, topic } = await start(t)
  await outcome(client, topic, Buffer.concat([batchOf(['a']), batchOf(['b'])]))
  const answer = await client.ask(listOffsets, 7, {
    replicaId: -1,
    topics: [{ name: topic, partitions: [{ partitionIndex: 0, timestamp: -1 }] }],
  })
  assert.equal(answer.topics[0]!.partitions[0]!.offset, 0)
})
