/** DescribeLogDirs and AlterReplicaLogDirs: the data folder, what is in it, and what is not. */
import assert from 'node:assert/strict'
import { statfs } from 'node:fs/promises'
import { test, type TestContext } from 'node:test'
import { errorName } from '#protocol/error-codes.ts'
import { alterReplicaLogDirs } from '#protocol/messages/alter-replica-log-dirs.ts'
import { deleteTopics } from '#protocol/messages/delete-topics.ts'
import { describeLogDirs } from '#protocol/messages/describe-log-dirs.ts'
import { TestBroker, type TestBrokerOptions } from '../support/broker.ts'
import { startWithOfflinePartition } from '../support/offline.ts'
import type { RawClient } from '../support/raw-client.ts'
import { batchOf, createTopic, produceTo } from '../support/records.ts'

interface Wanted {
  readonly topic: string
  readonly partitions: readonly number[]
}

async function folderOf(client: RawClient, topics: readonly Wanted[] | null, version = 5) {
  const { errorCode, results } = await client.ask(describeLogDirs, version, { topics })
  assert.equal(errorCode, 0)
  assert.equal(results.length, 1)
  return results[0]!
}

/** [topic, partition, size] of each, sorted: their order means nothing. */
async function sizesOf(client: RawClient, topics: readonly Wanted[] | null) {
  const folder = await folderOf(client, topics)
  assert.equal(errorName(folder.errorCode), 'NONE')
  return folder.topics
    .flatMap(({ name, partitions }) =>
      partitions.map((each): [string, number, number] => [name, each.partitionIndex, each.partitionSize]),
    )
    .sort(([a, first], [b, second]) => a.localeCompare(b) || first - second)
}

/** A topic with three partitions, the first of which has `bytes`. */
async function start(t: TestContext, options: TestBrokerOptions = {}) {
  const broker = await TestBroker.start(t, options)
  const client = await broker.connect()
  const topic = broker.name('sized')
  await createTopic(client, topic, { partitions: 3 })
  const batch = batchOf(['a', 'b', 'c'])
  const bytes = batch.length
  await produceTo(client, topic, batch)
  return { broker, client, topic, bytes }
}

test('the sizes of logs, in each version', async t => {
  const { client, topic, bytes } = await start(t)
  for (let version = 1; version <= 5; version++) {
    const { topics } = await folderOf(client, [{ topic, partitions: [0] }], version)
    const partition = { partitionIndex: 0, partitionSize: bytes, offsetLag: 0, isFutureKey: false }
    assert.deepEqual(topics, [{ name: topic, partitions: [partition] }])
  }
  assert.deepEqual(await sizesOf(client, [{ topic, partitions: [0, 1] }]), [
    [topic, 0, bytes],
    [topic, 1, 0],
  ])
})

test('all segments of a log count', async t => {
  const broker = await TestBroker.start(t)
  const client = await broker.connect()
  const topic = broker.name('segments')
  await createTopic(client, topic, { configs: { 'segment.bytes': '1048576' } })
  let bytes = 0
  for (let count = 0; count < 4; count++) {
    const batch = batchOf(['x'.repeat(400_000)])
    bytes += batch.length
    await produceTo(client, topic, batch)
  }
  assert.deepEqual(await sizesOf(client, [{ topic, partitions: [0] }]), [[topic, 0, bytes]])
})

test('what does not exist is left out, and what is named twice is told once', async t => {
  const { client, topic, bytes } = await start(t)
  assert.deepEqual(
    await sizesOf(client, [
      { topic, partitions: [2, 0, 0, 9, -1] },
      { topic, partitions: [1, 0] },
      { topic: `${topic}-unknown`, partitions: [0] },
      { topic: '', partitions: [0] },
      { topic: '../etc', partitions: [0] },
    ]),
    [
      [topic, 0, bytes],
      [topic, 1, 0],
      [topic, 2, 0],
    ],
  )
  assert.deepEqual((await folderOf(client, [{ topic, partitions: [] }])).topics, [])
  assert.deepEqual((await folderOf(client, [])).topics, [])
})

test('all partitions, less those of deleted topics', async t => {
  const { broker, client, topic, bytes } = await start(t)
  const gone = broker.name('gone')
  await createTopic(client, gone)
  const ofTopics = async () =>
    (await sizesOf(client, null)).filter(([name]) => name === topic || name === gone)
  const kept = [
    [topic, 0, bytes],
    [topic, 1, 0],
    [topic, 2, 0],
  ]
  assert.deepEqual(await ofTopics(), [[gone, 0, 0], ...kept])
  await client.ask(deleteTopics, 6, { topics: [{ name: gone }], timeoutMs: 30_000 })
  assert.deepEqual(await ofTopics(), kept)
})

test('the file system below the folder, from version 4 on', async t => {
  const { client } = await start(t)
  const { logDir, totalBytes, usableBytes, isCordoned } = await folderOf(client, [])
  assert.equal(isCordoned, false)
  if (logDir === 'memory') assert.deepEqual([totalBytes, usableBytes], [-1, -1])
  else assert.ok(usableBytes > 0 && totalBytes > usableBytes)
  const older = await folderOf(client, [], 3)
  assert.deepEqual([older.logDir, older.totalBytes, older.usableBytes], [logDir, -1, -1])
})

test('a folder on disk is told by its path, with the size of its file system', async t => {
  const { broker, client, topic, bytes } = await start(t, { folder: true })
  const { logDir, totalBytes, usableBytes } = await folderOf(client, [])
  assert.equal(logDir, broker.folder)
  const { bsize, blocks } = await statfs(broker.folder!)
  assert.equal(totalBytes, bsize * blocks)
  assert.ok(usableBytes > 0 && usableBytes < totalBytes)
  await broker.restart()
  assert.deepEqual(await sizesOf(await broker.connect(), [{ topic, partitions: [0] }]), [[topic, 0, bytes]])
})

test('a folder that cannot be reached', async t => {
  const { broker, client, topic } = await start(t, { set: {} })
  broker.files.fail({ operation: 'volume', code: 'EIO' })
  const folder = await folderOf(client, [{ topic, partitions: [0] }])
  assert.equal(errorName(folder.errorCode), 'KAFKA_STORAGE_ERROR')
  assert.equal(folder.logDir, 'memory')
  assert.deepEqual(folder.topics, [])
})

test('a partition whose files cannot be used is left out, and cannot be moved', async t => {
  const { client, topic } = await startWithOfflinePartition(t)
  assert.deepEqual(await sizesOf(client, [{ topic, partitions: [0, 1] }]), [[topic, 0, 0]])
  assert.deepEqual(await sizesOf(client, null), [[topic, 0, 0]])
  assert.deepEqual(await move(client, [{ path: 'memory', topics: [{ name: topic, partitions: [0, 1] }] }]), [
    `${topic} 0 NONE`,
    `${topic} 1 KAFKA_STORAGE_ERROR`,
  ])
})

interface Move {
  readonly path: string
  readonly topics: readonly { readonly name: string; readonly partitions: readonly number[] }[]
}

/** 'TOPIC PARTITION ERROR' of each, sorted: their order means nothing. */
async function move(client: RawClient, dirs: readonly Move[], version = 2): Promise<string[]> {
  const { results } = await client.ask(alterReplicaLogDirs, version, { dirs })
  return results
    .flatMap(({ topicName, partitions }) =>
      partitions.map(each => `${topicName} ${each.partitionIndex} ${errorName(each.errorCode)}`),
    )
    .sort()
}

test('to move a partition where it is changes nothing', async t => {
  const { client, topic } = await start(t)
  const { logDir } = await folderOf(client, [])
  for (const version of [1, 2]) {
    const dirs = [{ path: logDir, topics: [{ name: topic, partitions: [1, 0] }] }]
    assert.deepEqual(await move(client, dirs, version), [`${topic} 0 NONE`, `${topic} 1 NONE`])
  }
  assert.deepEqual(await move(client, []), [])
  assert.deepEqual(await move(client, [{ path: logDir, topics: [] }]), [])
  assert.deepEqual(await move(client, [{ path: logDir, topics: [{ name: topic, partitions: [] }] }]), [])
})

test('partitions that do not exist cannot be moved, and each is told once', async t => {
  const { client, topic } = await start(t)
  const { logDir } = await folderOf(client, [])
  const unknown = `${topic}-unknown`
  const topics = [
    { name: topic, partitions: [0, 0, 9, -1] },
    { name: unknown, partitions: [0] },
    { name: '', partitions: [0] },
    { name: topic, partitions: [0, 2] },
  ]
  assert.deepEqual(await move(client, [{ path: logDir, topics }]), [
    ' 0 UNKNOWN_TOPIC_OR_PARTITION',
    `${topic} -1 UNKNOWN_TOPIC_OR_PARTITION`,
    `${topic} 0 NONE`,
    `${topic} 2 NONE`,
    `${topic} 9 UNKNOWN_TOPIC_OR_PARTITION`,
    `${unknown} 0 UNKNOWN_TOPIC_OR_PARTITION`,
  ])
})

test('a folder that is not the data folder, to the letter', async t => {
  const { client, topic } = await start(t)
  const { logDir } = await folderOf(client, [])
  for (const path of ['/nowhere', 'relative/folder', '', `${logDir}/`]) {
    const topics = [
      { name: topic, partitions: [0, 9] },
      { name: `${topic}-unknown`, partitions: [0] },
    ]
    assert.deepEqual(await move(client, [{ path, topics }]), [
      `${topic} 0 LOG_DIR_NOT_FOUND`,
      `${topic} 9 LOG_DIR_NOT_FOUND`,
      `${topic}-unknown 0 LOG_DIR_NOT_FOUND`,
    ])
  }
})

test('of several folders for one partition the last one counts', async t => {
  const { client, topic } = await start(t)
  const { logDir } = await folderOf(client, [])
  const here = { path: logDir, topics: [{ name: topic, partitions: [0, 1] }] }
  const elsewhere = { path: '/nowhere', topics: [{ name: topic, partitions: [0] }] }
  assert.deepEqual(await move(client, [here, elsewhere]), [`${topic} 0 LOG_DIR_NOT_FOUND`, `${topic} 1 NONE`])
  assert.deepEqual(await move(client, [elsewhere, here]), [`${topic} 0 NONE`, `${topic} 1 NONE`])
})

test('a topic name too long for the folder that a move needs', async t => {
  const client = await (await TestBroker.start(t)).connect()
  // 213 characters, '-0.' and 39 more are 255: the most that a file system takes.
  const name = 'x'.repeat(213)
  const answers = await move(client, [{ path: '/nowhere', topics: [{ name, partitions: [0, 10] }] }])
  assert.deepEqual(
    answers.map(answer => answer.slice(name.length + 1)),
    ['0 LOG_DIR_NOT_FOUND', '10 INVALID_TOPIC_EXCEPTION'],
  )
})
