/** Configs that change while the broker runs: those that are not of topics, and what rules there are between them. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { FakeClock } from '#base/clock.ts'
import { errorName } from '#protocol/error-codes.ts'
import { describeConfigs } from '#protocol/messages/describe-configs.ts'
import { describeProducers } from '#protocol/messages/describe-producers.ts'
import { incrementalAlterConfigs } from '#protocol/messages/incremental-alter-configs.ts'
import { initProducerId } from '#protocol/messages/init-producer-id.ts'
import { encodeBatch } from '#protocol/encode-batch.ts'
import { TestBroker } from '../support/broker.ts'
import type { RawClient } from '../support/raw-client.ts'
import { batchOf, createTopic, produceTo } from '../support/records.ts'

const types = { topic: 2, broker: 4, logger: 8 }

type Change = readonly [name: string, value: string | null]

async function alter(client: RawClient, resourceType: number, resourceName: string, ...changes: Change[]) {
  const configs = changes.map(([name, value]) => ({ name, value, configOperation: value === null ? 1 : 0 }))
  const answer = await client.ask(incrementalAlterConfigs, 1, {
    resources: [{ resourceType, resourceName, configs }],
  })
  const { errorCode, errorMessage } = answer.responses[0]!
  return errorCode === 0 ? 'NONE' : `${errorName(errorCode)}: ${errorMessage}`
}

async function describe(client: RawClient, resourceType: number, resourceName: string, key: string) {
  const resources = [{ resourceType, resourceName, configurationKeys: [key] }]
  const answer = await client.ask(describeConfigs, 4, { resources, includeSynonyms: true })
  return answer.results[0]!.configs[0]
}

// -- connections ----------------------------------------------------------------------------------------------------

/** Whether one more client gets in. */
async function isAdmitted({ host, port }: TestBroker): Promise<boolean> {
  const socket = connect({ host, port })
  socket.on('error', () => {})
  await once(socket, 'connect')
  // ApiVersions v0 with correlation id 7: whoever is let in is answered.
  socket.write(Buffer.from('0000000a0012000000000007ffff', 'hex'))
  const closed = once(socket, 'close')
  const admitted = await Promise.race([once(socket, 'data').then(() => true), closed.then(() => false)])
  socket.destroy()
  await closed
  return admitted
}

const limits: [string, Change][] = [
  ['max.connections', ['max.connections', '1']],
  ['max.connections of the listener', ['listener.name.plaintext.max.connections', '1']],
  ['max.connections.per.ip', ['max.connections.per.ip', '1']],
  ['max.connections.per.ip.overrides', ['max.connections.per.ip.overrides', '127.0.0.1:1']],
]

for (const [what, change] of limits) {
  test(`${what} counts for the next connection`, async t => {
    const broker = await TestBroker.start(t, { set: {} })
    const client = await broker.connect()
    assert.equal(await isAdmitted(broker), true)
    assert.equal(await alter(client, types.broker, '', change), 'NONE')
    assert.equal(await isAdmitted(broker), false)
    assert.equal(await alter(client, types.broker, '', [change[0], null]), 'NONE')
    assert.equal(await isAdmitted(broker), true)
  })
}

test('the limit of another listener counts for nobody', async t => {
  const broker = await TestBroker.start(t, { set: { 'listener.name.other.max.connections': '1' } })
  await broker.connect()
  assert.equal(await isAdmitted(broker), true)
})

// -- producers ------------------------------------------------------------------------------------------------------

test('producer.id.expiration.ms counts at the next check', async t => {
  const clock = new FakeClock()
  const set = { 'producer.id.expiration.check.interval.ms': '1000' }
  const client = await (await TestBroker.start(t, { clock, set })).connect()
  await createTopic(client, 'topic')
  const producer = await client.ask(initProducerId, 5, { transactionalId: null, transactionTimeoutMs: 1000 })
  const { producerId, producerEpoch } = producer
  const record = { timestampMs: clock.nowMs(), key: null, value: Buffer.from('a') }
  const batch = encodeBatch({ producerId: BigInt(producerId), producerEpoch, baseSequence: 0 }, [record])
  assert.equal((await produceTo(client, 'topic', batch)).errorCode, 0)
  const producers = async () => {
    await clock.advance(1000)
    const topics = [{ name: 'topic', partitionIndexes: [0] }]
    const answer = await client.ask(describeProducers, 0, { topics })
    return answer.topics[0]!.partitions[0]!.activeProducers.length
  }
  assert.equal(await producers(), 1)
  assert.equal(await alter(client, types.broker, '', ['producer.id.expiration.ms', '500']), 'NONE')
  assert.equal(await producers(), 0)
})

// -- the log of the process -----------------------------------------------------------------------------------------

test('the level of the log can be changed, and is what it was after a restart', async t => {
  const levels: string[] = []
  const logger = {
    debug() {},
    info() {},
    warn: (message: string) => void levels.push(message),
    error() {},
    level: 'info' as const,
  }
  const client = await (await TestBroker.start(t, { logger })).connect()
  const level = async () => (await describe(client, types.logger, '1', 'root'))?.value
  assert.equal(await level(), 'INFO')
  assert.equal(await alter(client, types.logger, '1', ['root', 'DEBUG']), 'NONE')
  assert.equal(await level(), 'DEBUG')
  assert.equal(logger.level, 'debug')
  assert.match(
    await alter(client, types.logger, '1', ['root', 'LOUD']),
    /^INVALID_CONFIG: Cannot set the log level of root to LOUD/,
  )
  assert.match(await alter(client, types.logger, '1', ['root', null]), /^INVALID_REQUEST: Removing/)
  assert.match(await alter(client, types.logger, '2', ['root', 'INFO']), /^INVALID_REQUEST: Unexpected node/)
  assert.equal(await level(), 'DEBUG')
})

test('a log without a level is no logger', async t => {
  const logger = { debug() {}, info() {}, warn() {}, error() {} }
  const client = await (await TestBroker.start(t, { logger })).connect()
  assert.equal(await describe(client, types.logger, '1', 'root'), undefined)
  assert.match(await alter(client, types.logger, '1', ['root', 'INFO']), /Logger root does not exist/)
})

// -- rules between settings -----------------------------------------------------------------------------------------

const unchanged: [string, Record<string, string>, Change[], RegExp][] = [
  [
    'a session that is no longer than a heartbeat',
    {},
    [['group.consumer.assignment.interval.ms', '20000']],
    /^INVALID_REQUEST: group.consumer.assignment.interval.ms must be less than or equal to group.consumer.max.assi/,
  ],
  [
    'too many threads at once',
    {},
    [['num.io.threads', '17']],
    /not be greater than double the current value 8/,
  ],
  [
    'local retention beyond all retention',
    { 'log.retention.ms': '1000' },
    [['log.local.retention.ms', '1001']],
    /Value must not be more than log.retention.ms property value: 1000/,
  ],
  ['no connection at all', {}, [['max.connections', '0']], /Invalid max.connections 0/],
  [
    'no connection of anybody',
    {},
    [['max.connections.per.ip', '0']],
    /max.connections.per.ip can be set to zero only if/,
  ],
  [
    'all of a change, for one setting of it',
    {},
    [
      ['log.retention.ms', '5'],
      ['log.roll.ms', '0'],
    ],
    /log.roll.ms must be greater than or equal to 1/,
  ],
]

for (const [what, set, changes, message] of unchanged) {
  test(`refused: ${what}`, async t => {
    const client = await (await TestBroker.start(t, { set })).connect()
    const key = changes[0]![0]
    const before = (await describe(client, types.broker, '1', key))!.value
    for (const resource of ['', '1'])
      assert.match(await alter(client, types.broker, resource, ...changes), message)
    assert.equal((await describe(client, types.broker, '1', key))!.value, before)
  })
}

test('a rule looks at what the change leaves, and at what was there', async t => {
  const client = await (await TestBroker.start(t, { set: {} })).connect()
  const both: Change[] = [
    ['max.connections.per.ip', '0'],
    ['max.connections.per.ip.overrides', '127.0.0.1:5'],
  ]
  assert.equal(await alter(client, types.broker, '', ...both), 'NONE')
  assert.match(
    await alter(client, types.broker, '', ['max.connections.per.ip.overrides', null]),
    /can be set to zero only if/,
  )
  // Step by step threads may become as many as one likes.
  for (const count of ['16', '32', '64'])
    assert.equal(await alter(client, types.broker, '1', ['num.io.threads', count]), 'NONE')
})

// -- settings of one listener ---------------------------------------------------------------------------------------

test('settings of a listener are stored, shown and kept, secrets unseen', async t => {
  const broker = await TestBroker.start(t, { folder: true })
  const client = await broker.connect()
  const max = 'listener.name.plaintext.max.connections'
  const secret = 'listener.name.plaintext.ssl.keystore.password'
  assert.equal(await alter(client, types.broker, '', [max, '98']), 'NONE')
  assert.equal(await alter(client, types.broker, '1', [max, '99'], [secret, 'hush']), 'NONE')
  assert.match(
    await alter(client, types.broker, '', [secret, 'hush']),
    /^INVALID_REQUEST: Cannot update these configs at default cluster level/,
  )
  const check = async (connection: RawClient) => {
    const shown = await describe(connection, types.broker, '1', max)
    assert.deepEqual(
      [
        shown!.value,
        shown!.readOnly,
        shown!.synonyms.map(({ name, value, source }) => `${name}=${value} ${source}`),
      ],
      ['99', true, [`${max}=99 2`, `${max}=98 3`, 'max.connections=2147483647 5']],
    )
    const hidden = await describe(connection, types.broker, '1', secret)
    assert.deepEqual([hidden!.value, hidden!.isSensitive, hidden!.synonyms[0]!.value], [null, true, null])
  }
  await check(client)
  await broker.restart()
  await check(await broker.connect())
})

// -- one replica ----------------------------------------------------------------------------------------------------

test('min.insync.replicas above the number of replicas does not hinder acks=all', async t => {
  const broker = await TestBroker.start(t)
  const client = await broker.connect()
  const topic = broker.name('topic')
  await createTopic(client, topic, { configs: { 'min.insync.replicas': '3' } })
  assert.equal((await produceTo(client, topic, batchOf(['a']))).errorCode, 0)
})

test('a value that is too long', async t => {
  const broker = await TestBroker.start(t)
  const client = await broker.connect()
  const topic = broker.name('topic')
  await createTopic(client, topic)
  const change = async (value: string, configOperation: number) => {
    const configs = [{ name: 'leader.replication.throttled.replicas', value, configOperation }]
    const answer = await client.ask(incrementalAlterConfigs, 1, {
      resources: [{ resourceType: types.topic, resourceName: topic, configs }],
    })
    return answer.responses[0]!
  }
  const [set, append] = [0, 2]
  // As long as a string of the protocol can be.
  assert.equal((await change(Array.from({ length: 8192 }, () => '1:1').join(), set)).errorCode, 0)
  const tooLong = await change('2:2', append)
  assert.equal(errorName(tooLong.errorCode), 'INVALID_CONFIG')
  assert.match(
    tooLong.errorMessage!,
    /^The configuration value cannot be added because it exceeds the maximum/,
  )
})
