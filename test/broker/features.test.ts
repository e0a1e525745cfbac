/** UpdateFeatures: what is taken, kept and shown by ApiVersions; what is refused, in Kafka's words. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorName } from '#protocol/error-codes.ts'
import { apiVersions } from '#protocol/messages/api-versions.ts'
import { describeConfigs } from '#protocol/messages/describe-configs.ts'
import { incrementalAlterConfigs } from '#protocol/messages/incremental-alter-configs.ts'
import { updateFeatures } from '#protocol/messages/update-features.ts'
import { TestBroker } from '../support/broker.ts'
import type { RawClient } from '../support/raw-client.ts'

const upgrade = 1
const safeDowngrade = 2
const unsafeDowngrade = 3
const elr = 'eligible.leader.replicas.version'

type Update = readonly [feature: string, level: number, upgradeType: number]

async function update(client: RawClient, updates: readonly Update[], validateOnly = false, version = 2) {
  const answer = await client.ask(updateFeatures, version, {
    featureUpdates: updates.map(([feature, maxVersionLevel, upgradeType]) => ({
      feature,
      maxVersionLevel,
      upgradeType,
    })),
    validateOnly,
  })
  return { error: errorName(answer.errorCode), message: answer.errorMessage, results: answer.results }
}

async function described(client: RawClient) {
  const answer = await client.ask(apiVersions, 4, { clientSoftwareName: 'test', clientSoftwareVersion: '1' })
  return {
    supported: new Map(
      answer.supportedFeatures.map(({ name, minVersion, maxVersion }) => [name, [minVersion, maxVersion]]),
    ),
    levels: new Map(answer.finalizedFeatures.map(({ name, maxVersionLevel }) => [name, maxVersionLevel])),
    epoch: answer.finalizedFeaturesEpoch,
  }
}

test('features of a new broker are those of a Kafka that was formatted by its default', async t => {
  const { supported, levels } = await described(await (await TestBroker.start(t)).connect())
  assert.deepEqual(supported.get('metadata.version'), [7, 30])
  assert.equal(levels.get('metadata.version'), 30)
  assert.deepEqual(supported.get(elr), [0, 1])
  assert.equal(levels.get(elr), 1)
})

/** [what, updates, the end of the message] */
const refused: [string, Update[], string][] = [
  [
    'a lower level as an upgrade',
    [['metadata.version', 29, upgrade]],
    "Invalid update version 29 for feature metadata.version. Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe downgrade.",
  ],
  [
    'a safe downgrade that would lose metadata',
    [['metadata.version', 29, safeDowngrade]],
    'Unsupported metadata.version downgrade from 30 to 29. Refusing to perform the requested downgrade because it might delete metadata information.',
  ],
  [
    'an unsafe downgrade',
    [['metadata.version', 7, unsafeDowngrade]],
    'Unsupported metadata.version downgrade from 30 to 7. Unsafe metadata downgrade is not supported in this version.',
  ],
  [
    'a level that is too high',
    [['metadata.version', 31, upgrade]],
    'Invalid update version 31 for feature metadata.version. Local controller 1 only supports versions 7-30',
  ],
  [
    'a level that is too low',
    [['metadata.version', 0, safeDowngrade]],
    'Invalid update version 0 for feature metadata.version. Local controller 1 only supports versions 7-30',
  ],
  [
    'a negative level',
    [['metadata.version', -1, upgrade]],
    'Invalid update version -1 for feature metadata.version. A feature version cannot be less than 0.',
  ],
  [
    'an upgrade type that is none',
    [['metadata.version', 30, 9]],
    'Invalid update version 30 for feature metadata.version. The controller does not support the given upgrade type.',
  ],
  [
    'an unknown feature',
    [['no.such.version', 1, upgrade]],
    'Invalid update version 1 for feature no.such.version. Local controller 1 does not support this feature.',
  ],
  [
    'an unknown feature at level 0',
    [['no.such.version', 0, safeDowngrade]],
    'Invalid update version 0 for feature no.such.version. Feature no.such.version not found.',
  ],
  [
    'all, when one of them is refused',
    [
      [elr, 0, safeDowngrade],
      ['no.such.version', 1, upgrade],
    ],
    'Invalid update version 1 for feature no.such.version. Local controller 1 does not support this feature.',
  ],
]

for (const [what, updates, message] of refused) {
  test(`refused: ${what}`, async t => {
    const client = await (await TestBroker.start(t)).connect()
    const before = (await described(client)).levels
    assert.deepEqual(await update(client, updates), {
      error: 'INVALID_UPDATE_VERSION',
      message: `The update failed for all features since the following feature had an error: ${message}`,
      results: [],
    })
    assert.deepEqual((await described(client)).levels, before)
  })
}

test('the level that is in force already is taken in any direction', async t => {
  const client = await (await TestBroker.start(t)).connect()
  const taken = { error: 'NONE', message: null, results: [] }
  assert.deepEqual(await update(client, [['metadata.version', 30, upgrade]], true), taken)
  assert.deepEqual(await update(client, [['metadata.version', 30, safeDowngrade]], true), taken)
  assert.deepEqual(await update(client, []), taken)
})

test('up to version 1 a success names each feature', async t => {
  const client = await (await TestBroker.start(t)).connect()
  const { results } = await update(client, [['metadata.version', 30, upgrade]], true, 1)
  assert.deepEqual(results, [{ feature: 'metadata.version', errorCode: 0, errorMessage: 'NONE' }])
})

test('version 0 has no upgrade type, and cannot go down', async t => {
  const client = await (await TestBroker.start(t)).connect()
  const ask = async (maxVersionLevel: number) => {
    const featureUpdates = [{ feature: 'metadata.version', maxVersionLevel, allowDowngrade: true }]
    return errorName((await client.ask(updateFeatures, 0, { featureUpdates })).errorCode)
  }
  assert.equal(await ask(30), 'NONE')
  assert.equal(await ask(29), 'INVALID_UPDATE_VERSION')
})

test('validateOnly changes nothing', async t => {
  const client = await (await TestBroker.start(t)).connect()
  assert.equal((await update(client, [[elr, 0, safeDowngrade]], true)).error, 'NONE')
  assert.equal((await described(client)).levels.get(elr), 1)
})

test('a level that is taken is shown, and kept over a restart', async t => {
  const broker = await TestBroker.start(t, { folder: true })
  const client = await broker.connect()
  const before = await described(client)
  assert.equal((await update(client, [[elr, 0, safeDowngrade]])).error, 'NONE')
  const after = await described(client)
  // Level 0 is no level.
  assert.equal(after.levels.has(elr), false)
  assert.ok(after.epoch > before.epoch)
  await broker.restart()
  const again = await broker.connect()
  const restarted = await described(again)
  assert.deepEqual(restarted.levels, after.levels)
  assert.ok(restarted.epoch > after.epoch)
  assert.equal((await update(again, [[elr, 1, safeDowngrade]])).error, 'INVALID_UPDATE_VERSION')
  assert.equal((await update(again, [[elr, 1, upgrade]])).error, 'NONE')
  assert.equal((await described(again)).levels.get(elr), 1)
})

test('a change that cannot be stored is not in force', async t => {
  const broker = await TestBroker.start(t, { set: {} })
  const client = await broker.connect()
  broker.store.failTransaction()
  assert.equal((await update(client, [[elr, 0, safeDowngrade]])).error, 'KAFKA_STORAGE_ERROR')
  assert.equal((await described(client)).levels.get(elr), 1)
})

// -- min.insync.replicas of brokers, which eligible leader replicas reserve ------------------------------------------

async function alterMinInsync(client: RawClient, resourceName: string, value: string | null) {
  const configs = [{ name: 'min.insync.replicas', value, configOperation: value === null ? 1 : 0 }]
  const answer = await client.ask(incrementalAlterConfigs, 1, {
    resources: [{ resourceType: 4, resourceName, configs }],
  })
  const { errorCode, errorMessage } = answer.responses[0]!
  return errorCode === 0 ? 'NONE' : `${errorName(errorCode)}: ${errorMessage}`
}

async function minInsyncOf(client: RawClient, resourceName: string) {
  const resources = [{ resourceType: 4, resourceName, configurationKeys: ['min.insync.replicas'] }]
  const answer = await client.ask(describeConfigs, 4, { resources, includeSynonyms: true })
  return answer.results[0]!.configs[0]?.synonyms.map(({ value, source }) => [value, source])
}

const dynamicOfBroker = 2
const dynamicOfAll = 3
const staticOfBroker = 4
const byDefault = 5

test('with eligible leader replicas min.insync.replicas of brokers is one value for all', async t => {
  const client = await (await TestBroker.start(t, { set: { 'min.insync.replicas': '2' } })).connect()
  // The value of the start becomes that of all brokers.
  assert.deepEqual(await minInsyncOf(client, ''), [['2', dynamicOfAll]])
  assert.equal(
    await alterMinInsync(client, '1', '1'),
    'INVALID_CONFIG: Broker-level min.insync.replicas cannot be altered while ELR is enabled.',
  )
  assert.equal(
    await alterMinInsync(client, '', null),
    'INVALID_CONFIG: Cluster-level min.insync.replicas cannot be removed while ELR is enabled.',
  )
  assert.equal(await alterMinInsync(client, '', '1'), 'NONE')
  assert.deepEqual(await minInsyncOf(client, '1'), [
    ['1', dynamicOfAll],
    ['2', staticOfBroker],
    ['1', byDefault],
  ])
})

test('without eligible leader replicas it is a config as any other, until they are back', async t => {
  const broker = await TestBroker.start(t, { folder: true })
  const client = await broker.connect()
  await update(client, [[elr, 0, safeDowngrade]])
  assert.equal(await alterMinInsync(client, '', null), 'NONE')
  assert.equal(await alterMinInsync(client, '1', '3'), 'NONE')
  assert.deepEqual(await minInsyncOf(client, '1'), [
    ['3', dynamicOfBroker],
    ['1', byDefault],
  ])
  await broker.restart()
  const again = await broker.connect()
  assert.deepEqual(await minInsyncOf(again, ''), undefined)
  await update(again, [[elr, 1, upgrade]])
  const expected = [
    ['1', dynamicOfAll],
    ['1', byDefault],
  ]
  assert.deepEqual(await minInsyncOf(again, '1'), expected)
  await broker.restart()
  assert.deepEqual(await minInsyncOf(await broker.connect(), '1'), expected)
})
