import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '#base/clock.ts'
import { encodeResponseFrame } from '#protocol/frame.ts'
import { apiVersions } from '#protocol/messages/api-versions.ts'
import { heartbeat } from '#protocol/messages/heartbeat.ts'
import { listGroups } from '#protocol/messages/list-groups.ts'
import { ScriptedBroker } from '../../test/support/scripted-broker.ts'
import { Connection } from './connection.ts'

function open(broker: ScriptedBroker, clock = new FakeClock()): Promise<Connection> {
  return Connection.open(broker.address, { clock, clientId: 'test', dial: broker.dial })
}

test('takes the newest version that both sides have', async () => {
  const broker = new ScriptedBroker({
    ApiVersions: () => ({ apiKeys: [{ apiKey: listGroups.key, minVersion: 1, maxVersion: 3 }] }),
    ListGroups: () => ({ groups: [{ groupId: 'g', protocolType: 'consumer' }] }),
  })
  const connection = await open(broker)
  const { groups } = await connection.call(listGroups, {})
  assert.equal(groups[0]?.groupId, 'g')
  assert.equal(broker.asked[0]?.version, 3)
  await connection.call(listGroups, {}, { maxVersion: 2 })
  assert.equal(broker.asked[1]?.version, 2)
  assert.throws(() => connection.version(heartbeat), /Heartbeat.*UNSUPPORTED_VERSION/)
  assert.throws(() => connection.version(listGroups, 0), /UNSUPPORTED_VERSION/)
})

test('asks an old broker for its versions in a way that it knows', async () => {
  const versions: number[] = []
  const broker = new ScriptedBroker({
    ApiVersions: (_, version) => {
      versions.push(version)
      if (version === 0) return { apiKeys: [{ apiKey: listGroups.key, minVersion: 0, maxVersion: 0 }] }
      return Buffer.concat(encodeResponseFrame(apiVersions, 0, 0, { errorCode: 35 }).parts as Buffer[])
    },
    ListGroups: () => ({ groups: [] }),
  })
  const connection = await open(broker)
  assert.deepEqual(versions, [4, 0])
  assert.equal(connection.version(listGroups), 0)
})

test('matches answers to requests by their ids, in any order', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const broker = new ScriptedBroker({
    Heartbeat: async () => {
      await promise
      return { errorCode: 27 }
    },
    ListGroups: () => ({ groups: [] }),
  })
  const connection = await open(broker)
  const late = connection.call(heartbeat, { groupId: 'g' })
  await connection.call(listGroups, {})
  resolve()
  assert.equal((await late).errorCode, 27)
})

test('gives up a broker that does not answer in time, with all that waits', async () => {
  const clock = new FakeClock()
  const connection = await open(
    new ScriptedBroker({ Heartbeat: () => undefined, ListGroups: () => undefined }),
    clock,
  )
  const first = connection.call(heartbeat, {}, { timeoutMs: 1000 })
  const second = connection.call(listGroups, {}, { timeoutMs: 5000 })
  const outcomes = Promise.allSettled([first, second])
  await clock.advance(999)
  assert.equal(connection.isOpen, true)
  await clock.advance(1)
  for (const outcome of await outcomes) {
    assert.equal(outcome.status, 'rejected')
    assert.match(String(outcome.reason), /Heartbeat was not answered within 1000 ms/)
  }
  assert.equal(connection.isOpen, false)
  assert.equal(clock.pendingCount, 0)
  await assert.rejects(connection.call(listGroups, {}), { name: 'ConnectionError' })
})

test('fails what waits when the broker hangs up', async () => {
  const broker = new ScriptedBroker({ Heartbeat: () => undefined })
  const connection = await open(broker)
  const waiting = connection.call(heartbeat, {})
  broker.hangUp()
  await assert.rejects(waiting, /broker:9092: the broker closed the connection/)
})

test('gives up what does not speak the protocol', async () => {
  const cases: [string, Buffer][] = [
    ['an answer to nothing', Buffer.from([0, 0, 0, 4, 0, 0, 0, 99])],
    ['a length below zero', Buffer.from([0xff, 0xff, 0xff, 0xff])],
    ['another protocol', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['an answer that is cut', Buffer.from([0, 0, 0, 5, 0, 0, 0, 1, 0])],
  ]
  for (const [name, bytes] of cases) {
    const connection = await open(new ScriptedBroker({ ListGroups: () => bytes }))
    await assert.rejects(connection.call(listGroups, {}), /not of the Kafka protocol/, name)
    assert.equal(connection.isOpen, false, name)
  }
})

test('says what kept it from connecting', async () => {
  const broker = new ScriptedBroker()
  broker.isDown = true
  await assert.rejects(open(broker), /broker:9092: no connection \(connection refused\)/)
  const clock = new FakeClock()
  const never = Connection.open(broker.address, {
    clock,
    clientId: 'test',
    dial: () => new Promise(() => {}),
  })
  const rejected = assert.rejects(never, /no connection within 10000 ms/)
  await clock.advance(10_000)
  await rejected
})
