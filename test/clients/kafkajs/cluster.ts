// The cluster, configs, deleted records, and groups as an administrator sees them.

import assert from 'node:assert/strict'
import kafkajs from 'kafkajs'
import type { ConfigEntries } from 'kafkajs'
import { check, eventually, fails, skip } from '../shared/checks.ts'
import { uniqueName } from '../shared/samples.ts'
import { admin, newTopic, produce, read } from './broker.ts'
import { Member } from './member.ts'

const { ConfigResourceTypes, ConfigSource } = kafkajs

export async function clusterChecks(): Promise<void> {
  await check('describe cluster', describeCluster)
  await check('describe configs', describeConfigs)
  skip('alter configs, incremental', 'kafkajs has only the legacy call')
  await check('alter configs, legacy', alterConfigs)
  await check('delete records', deleteRecords)
  await check('list and describe groups', describeGroups)
  await check('offsets of a group', groupOffsets)
  skip('offsets of a group, delete', 'kafkajs has no such call')
  await check('delete group', deleteGroup)
  skip('offset for leader epoch', 'kafkajs has no such call')
}

async function describeCluster(): Promise<void> {
  const cluster = await admin.describeCluster()
  assert.ok(cluster.clusterId)
  assert.equal(cluster.brokers.length, 1)
  assert.equal(cluster.controller, cluster.brokers[0]?.nodeId)
}

async function topicConfigs(topic: string): Promise<Map<string, ConfigEntries>> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: true,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: topic }],
  })
  return new Map(resources[0]!.configEntries.map(entry => [entry.configName, entry]))
}

async function describeConfigs(): Promise<void> {
  const topic = await newTopic(1, { 'retention.ms': '7200000' })
  const configs = await topicConfigs(topic)
  assert.equal(configs.get('retention.ms')?.configValue, '7200000')
  assert.equal(configs.get('retention.ms')?.configSource, ConfigSource.TOPIC_CONFIG)
  assert.equal(configs.get('cleanup.policy')?.configValue, 'delete')
  assert.equal(configs.get('cleanup.policy')?.configSource, ConfigSource.DEFAULT_CONFIG)
  assert.ok(configs.size > 25, `${configs.size} keys`)
  await fails('UNKNOWN_TOPIC_OR_PARTITION', () => topicConfigs(uniqueName('absent')))
}

/** The legacy call sets all: what it does not name goes back to its default. */
async function alterConfigs(): Promise<void> {
  const topic = await newTopic(1, { 'retention.ms': '7200000' })
  const alter = (name: string, value: string) =>
    admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries: [{ name, value }] }],
    })
  await alter('max.message.bytes', '2000')
  await eventually('the key is set', async () => {
    return (await topicConfigs(topic)).get('max.message.bytes')?.configValue === '2000'
  })
  assert.equal((await topicConfigs(topic)).get('retention.ms')?.configValue, '604800000')
  await fails('INVALID_CONFIG', () => alter('max.message.bytes', 'many'))
}

async function deleteRecords(): Promise<void> {
  const topic = await newTopic(1)
  await produce(topic, 1, 'v', 50)
  // kafkajs looks for the leader among topics that it has asked about before.
  assert.equal((await admin.fetchTopicOffsets(topic))[0]?.low, '0')
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '20' }] })
  assert.deepEqual(await admin.fetchTopicOffsets(topic), [
    { partition: 0, offset: '50', high: '50', low: '20' },
  ])
  assert.equal((await read(topic, 30))[0]?.message.offset, '20')
  await fails('OFFSET_OUT_OF_RANGE', () =>
    admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '51' }] }),
  )
}

async function describeGroups(): Promise<void> {
  const topic = await newTopic(2)
  const group = uniqueName('group')
  const member = await Member.join(group, topic)
  const { groups: listed } = await admin.listGroups()
  assert.equal(listed.find(each => each.groupId === group)?.protocolType, 'consumer')
  const { groups } = await admin.describeGroups([group])
  assert.equal(groups[0]?.state, 'Stable')
  assert.equal(groups[0]?.protocol, 'RoundRobinAssigner')
  const [only] = groups[0]?.members ?? []
  const assignment = kafkajs.AssignerProtocol.MemberAssignment.decode(only!.memberAssignment)
  assert.deepEqual(assignment?.assignment[topic]?.toSorted(), [0, 1])
  assert.match(only!.clientHost, /127\.0\.0\.1/)
  await fails('NON_EMPTY_GROUP', () => admin.deleteGroups([group]))
  await member.leave()
  await eventually(
    'the group is empty',
    async () => (await admin.describeGroups([group])).groups[0]?.state === 'Empty',
  )
}

async function groupOffsets(): Promise<void> {
  const topic = await newTopic(1)
  const group = uniqueName('group')
  await produce(topic, 1, 'v', 20)
  const member = await Member.join(group, topic)
  await eventually('20 records', () => member.values.length === 20)
  await member.leave()
  const [all] = await admin.fetchOffsets({ groupId: group })
  assert.equal(all?.topic, topic)
  assert.equal(all?.partitions[0]?.offset, '20')
  await admin.setOffsets({ groupId: group, topic, partitions: [{ partition: 0, offset: '3' }] })
  const again = await Member.join(group, topic)
  await eventually('17 records', () => again.values.length === 17)
  await again.leave()
}

async function deleteGroup(): Promise<void> {
  const topic = await newTopic(1)
  const group = uniqueName('group')
  const member = await Member.join(group, topic)
  await member.leave()
  await admin.deleteGroups([group])
  await fails('GROUP_ID_NOT_FOUND', () => admin.deleteGroups([group]))
}
