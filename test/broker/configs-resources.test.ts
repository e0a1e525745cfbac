/** ListConfigResources: names of all that has configs, by kind. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorName } from '#protocol/error-codes.ts'
import { incrementalAlterConfigs } from '#protocol/messages/incremental-alter-configs.ts'
import { listConfigResources } from '#protocol/messages/list-config-resources.ts'
import { TestBroker } from '../support/broker.ts'
import type { RawClient } from '../support/raw-client.ts'
import { createTopic } from '../support/records.ts'

const kinds = { topic: 2, broker: 4, logger: 8, clientMetrics: 16, group: 32 }

async function list(client: RawClient, resourceTypes: number[]) {
  const answer = await client.ask(listConfigResources, 1, { resourceTypes })
  assert.equal(errorName(answer.errorCode), 'NONE')
  return answer.configResources.map(({ resourceName, resourceType }) => `${resourceType} ${resourceName}`)
}

async function set(
  client: RawClient,
  resourceType: number,
  resourceName: string,
  name: string,
  value: string,
) {
  const configs = [{ name, value, configOperation: value === '' ? 1 : 0 }]
  const answer = await client.ask(incrementalAlterConfigs, 1, {
    resources: [{ resourceType, resourceName, configs }],
  })
  assert.equal(errorName(answer.responses[0]!.errorCode), 'NONE')
}

test('resources of each kind', async t => {
  const broker = await TestBroker.start(t)
  const client = await broker.connect()
  const [topic, group, subscription] = ['topic', 'group', 'metrics'].map(name => broker.name(name))
  await createTopic(client, topic!)
  await set(client, kinds.group, group!, 'consumer.session.timeout.ms', '50000')
  await set(client, kinds.clientMetrics, subscription!, 'interval.ms', '1000')
  assert.deepEqual(await list(client, [kinds.broker]), ['4 1'])
  assert.deepEqual(await list(client, [kinds.logger, kinds.broker]), ['8 1', '4 1'])
  assert.ok((await list(client, [kinds.topic])).includes(`2 ${topic}`))
  assert.ok((await list(client, [kinds.group])).includes(`32 ${group}`))
  assert.ok((await list(client, [kinds.clientMetrics])).includes(`16 ${subscription}`))
  const all = await list(client, [])
  for (const resource of [`2 ${topic}`, '4 1', '8 1', `16 ${subscription}`, `32 ${group}`])
    assert.ok(all.includes(resource), resource)
  // Version 0 knows one kind, which is what the answer means without saying it.
  const old = await client.ask(listConfigResources, 0, {})
  assert.ok(old.configResources.some(({ resourceName }) => resourceName === subscription))
  assert.ok(old.configResources.every(({ resourceName }) => resourceName !== topic))
  await set(client, kinds.group, group!, 'consumer.session.timeout.ms', '')
  await set(client, kinds.clientMetrics, subscription!, 'interval.ms', '')
  assert.ok(!(await list(client, [kinds.clientMetrics])).includes(`16 ${subscription}`))
})

test('a kind that is none', async t => {
  const client = await (await TestBroker.start(t)).connect()
  for (const resourceTypes of [[1], [99, kinds.topic], [0]]) {
    const answer = await client.ask(listConfigResources, 1, { resourceTypes })
    assert.equal(errorName(answer.errorCode), 'UNSUPPORTED_VERSION')
    assert.deepEqual(answer.configResources, [])
  }
})
