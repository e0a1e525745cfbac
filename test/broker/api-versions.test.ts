/** ApiVersions: what is advertised is what Apache Kafka 4.3.1 advertises, as far as it is answered here. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiVersions } from '#protocol/messages/api-versions.ts'
import { handlers } from '../../src/api/index.ts'
import { TestBroker } from '../support/broker.ts'

/** [API key, lowest, highest version], as a Kafka 4.3.1 broker with defaults advertises them. */
const kafkaRanges: readonly [number, number, number][] = [
  [0, 0, 13],
  [1, 4, 18],
  [2, 1, 11],
  [3, 0, 13],
  [8, 2, 10],
  [9, 1, 10],
  [10, 0, 6],
  [11, 0, 9],
  [12, 0, 4],
  [13, 0, 5],
  [14, 0, 5],
  [15, 0, 6],
  [16, 0, 5],
  [18, 0, 4],
  [19, 2, 7],
  [20, 1, 6],
  [21, 0, 2],
  [22, 0, 5],
  [23, 2, 4],
  [32, 1, 4],
  [33, 0, 2],
  [34, 1, 2],
  [35, 1, 5],
  [37, 0, 3],
  [42, 0, 2],
  [43, 0, 2],
  [44, 0, 1],
  [45, 0, 1],
  [46, 0, 0],
  [47, 0, 0],
  [55, 0, 2],
  [57, 0, 2],
  [60, 0, 2],
  [61, 0, 0],
  [64, 0, 0],
  [74, 0, 1],
  [75, 0, 0],
  [80, 0, 1],
  [81, 0, 0],
]

/** Body of Kafka's answer to versions 5 and 100, after the correlation id. */
const tooNewAnswer = 'ACMAAAABABIAAAAE'
const software = { clientSoftwareName: 'test', clientSoftwareVersion: '1.0' }

test('the ranges are those of Kafka at every version', async t => {
  const client = await (await TestBroker.start(t)).connect()
  for (let version = 0; version <= 4; version++) {
    const answer = await client.ask(apiVersions, version, version >= 3 ? software : {})
    assert.equal(answer.errorCode, 0)
    assert.deepEqual(
      answer.apiKeys.map(range => [range.apiKey, range.minVersion, range.maxVersion]),
      kafkaRanges,
    )
  }
})

test('what is advertised is what has a handler', () => {
  assert.deepEqual(
    handlers.map(handler => handler.message.key),
    kafkaRanges.map(([key]) => key),
  )
})

for (const version of [5, 100, -1]) {
  test(`version ${version} is answered in version 0 with the range that would be right`, async t => {
    const client = await (await TestBroker.start(t)).connect()
    // Correlation id 7, no client id, no tags; the body is of a form that nobody knows yet.
    const request = Buffer.from('000000120012000000000007ffff00ffffffffffffff', 'hex')
    request.writeInt16BE(version, 6)
    const answer = await client.askBytes(request, 7)
    assert.equal(answer.subarray(4).toString('base64'), tooNewAnswer)
    // The connection goes on.
    assert.equal((await client.ask(apiVersions, 4, software)).errorCode, 0)
  })
}

test('version 3 hides features whose lowest level is 0, and tells their levels', async t => {
  const client = await (await TestBroker.start(t)).connect()
  const answer = await client.ask(apiVersions, 3, software)
  assert.deepEqual(answer.supportedFeatures, [{ name: 'metadata.version', minVersion: 7, maxVersion: 30 }])
  const levels = new Map(answer.finalizedFeatures.map(({ name, maxVersionLevel }) => [name, maxVersionLevel]))
  assert.equal(levels.get('metadata.version'), 30)
  assert.equal(levels.get('eligible.leader.replicas.version'), 1)
})

for (const clientSoftwareName of ['', '-test', 'te st']) {
  test(`a client that calls itself '${clientSoftwareName}' is refused`, async t => {
    const client = await (await TestBroker.start(t)).connect()
    const answer = await client.ask(apiVersions, 3, { ...software, clientSoftwareName })
    assert.equal(answer.errorCode, 42) // INVALID_REQUEST
    assert.deepEqual(answer.apiKeys, [])
  })
}

test('an API or a version that is not answered closes the connection', async t => {
  const broker = await TestBroker.start(t)
  for (const header of ['00040000', '7fff0000', 'ffff0000', '0003000e', '00010003', '00000002', '0003ffff']) {
    const client = await broker.connect()
    const request = Buffer.alloc(40)
    request.writeInt32BE(36, 0)
    request.write(header, 4, 'hex')
    client.socket.write(request)
    await client.closed
  }
  assert.equal((await (await broker.connect()).ask(apiVersions, 0, {})).errorCode, 0)
})
