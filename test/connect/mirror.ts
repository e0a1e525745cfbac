// MirrorMaker 2 from Apache Kafka to Odradek and back: topics with their records and configs, groups with their offsets.

import { join } from 'node:path'
import { createPartitions, describeTopicConfigs } from '#client/admin.ts'
import type { Cluster } from '#client/cluster.ts'
import { startKafka } from '../../bench/kafka.ts'
import { eventually, isTrue } from '../fault/checks.ts'
import type { Checks } from '../fault/checks.ts'
import { RandomNumbers } from '../fault/random-numbers.ts'
import { clusterAt, countOf, createTopic, removeTopics } from './cluster.ts'
import { commitPlaces, removeFirst, translatedOffsets } from './mirrored-groups.ts'
import { mirrorMaker, nameAt } from './mirror-maker.ts'
import type { End, Mirroring } from './mirror-maker.ts'
import { fill, sameRecords } from './mirrored-records.ts'
import type { Load } from './mirrored-records.ts'
import type { Options } from './run.ts'
import { withScene } from './scene.ts'
import type { Scene } from './scene.ts'

/** Until all is copied, the start of MirrorMaker included. */
const COPY_LIMIT_MS = 120_000

interface MirroredTopic extends Omit<Load, 'topic' | 'count'> {
  readonly name: string
  readonly configs: Readonly<Record<string, string>>
  /** So many records at the start of each partition are deleted before: offsets differ at the two ends then. */
  readonly removed?: number
}

// Records are of all ages, and none is to go by its age.
const forever = { 'retention.ms': '-1' }
const mirroredTopics: readonly MirroredTopic[] = [
  { name: 'plain', partitionCount: 3, codec: 'none', configs: forever },
  {
    name: 'gzip',
    partitionCount: 1,
    codec: 'gzip',
    configs: { ...forever, 'compression.type': 'gzip', 'max.message.bytes': '2000000' },
  },
  {
    name: 'snappy',
    partitionCount: 2,
    codec: 'snappy',
    configs: { ...forever, 'compression.type': 'snappy', 'segment.bytes': '1048576' },
  },
  { name: 'lz4', partitionCount: 1, codec: 'lz4', configs: { ...forever, 'compression.type': 'lz4' } },
  {
    name: 'zstd',
    partitionCount: 2,
    codec: 'zstd',
    configs: { ...forever, 'compression.type': 'zstd', 'retention.bytes': '100000000' },
  },
  {
    name: 'compacted',
    partitionCount: 2,
    codec: 'none',
    alwaysKeys: true,
    configs: {
      'cleanup.policy': 'compact',
      'min.cleanable.dirty.ratio': '0.3',
      'delete.retention.ms': '1000',
    },
  },
  { name: 'shifted', partitionCount: 2, codec: 'none', configs: forever, removed: 70 },
]

export function mirrorChecks(checks: Checks, options: Options): Promise<void> {
  return withScene('mirror', checks, async scene => {
    const kafka = options.kafka === undefined ? await startKafka(join(scene.folder, 'kafka')) : undefined
    const address = options.kafka ?? kafka!.address
    const cluster = clusterAt(address)
    const before = new Set((await cluster.info(undefined)).topics.map(({ name }) => name))
    const prefix = `m${options.seed}-`
    try {
      await mirrorThereAndBack(checks, options, scene, { address, cluster, prefix })
    } finally {
      if (kafka === undefined) {
        const { topics } = await cluster.info(undefined)
        const ours = topics.map(({ name }) => name).filter(name => isOurs(name, prefix) && !before.has(name))
        await removeTopics(cluster, ours)
      }
      await cluster.close()
      await kafka?.stop()
    }
  })
}

function isOurs(name: string, prefix: string): boolean {
  return (
    name.includes(prefix) ||
    /^mm2-.*\.internal$|^heartbeats$|\.heartbeats$|\.checkpoints\.internal$/.test(name)
  )
}

interface Kafka {
  readonly address: string
  readonly cluster: Cluster
  /** Of the names of all topics and groups. */
  readonly prefix: string
}

async function mirrorThereAndBack(
  checks: Checks,
  { isShort, seed }: Options,
  { folder, broker, cluster: odradek, processes }: Scene,
  { address, cluster: kafka, prefix }: Kafka,
): Promise<void> {
  const random = new RandomNumbers(seed)
  const topics = mirroredTopics.map(each => ({ ...each, name: `${prefix}${each.name}` }))
  const clusters = new Map([
    [address, kafka],
    [broker.address, odradek],
  ])
  const fillAll = async (cluster: Cluster, count: number): Promise<void> => {
    for (const topic of topics) await fill(cluster, { ...topic, topic: topic.name, count }, random)
  }
  const copied = (mirroring: Mirroring): Promise<string> => allCopied(clusters, mirroring, topics)
  const run = async (name: string, mirroring: Mirroring) => {
    const maker = await mirrorMaker(folder, name, mirroring)
    processes.push(maker)
    maker.start()
    return maker
  }
  const end = (alias: string, address: string): End => ({ alias, address })

  for (const { name, partitionCount, configs } of topics)
    await createTopic(kafka, name, partitionCount, configs)
  await fillAll(kafka, isShort ? 300 : 3000)
  for (const { name, removed } of topics) if (removed !== undefined) await removeFirst(kafka, name, removed)
  const names = topics.map(({ name }) => name)
  const groups = await commitPlaces(kafka, prefix, names)

  const there: Mirroring = {
    from: end('kafka', address),
    to: end('odradek', broker.address),
    policy: 'Identity',
    prefix,
  }
  const maker = await run('there', there)
  await checks.check('mirror: from Kafka to Odradek, every record is the same', () => copied(there))
  await checks.check("mirror: the topics' configs come along", () =>
    sameConfigs(kafka, odradek, topics, there),
  )
  await checks.check("mirror: groups' offsets come along, and none is past a record that was not read", () =>
    translatedOffsets(kafka, odradek, groups, there),
  )
  await checks.check(
    'mirror: MirrorMaker goes on where it was stopped, also with a new partition',
    async () => {
      await maker.stop()
      await fillAll(kafka, 50)
      const grown = { ...topics[0]!, topic: names[0]!, partitionCount: 4, count: 50 }
      const outcomes = await createPartitions(kafka, new Map([[grown.topic, grown.partitionCount]]))
      isTrue(outcomes.get(grown.topic) === undefined, String(outcomes.get(grown.topic)))
      kafka.forgetTopic(grown.topic)
      await fill(kafka, grown, random)
      maker.start()
      return copied(there)
    },
  )
  await checks.check('mirror: MirrorMaker ends in an orderly way', () => maker.stop().then(() => undefined))

  // The applications have moved: their next records come here.
  await fillAll(odradek, 50)
  const groupsHere = await commitPlaces(odradek, `${prefix}back-`, names)
  const back: Mirroring = {
    from: end('odradek', broker.address),
    to: end('kafka', address),
    policy: 'Default',
    prefix,
  }
  const returning = await run('back', back)
  await checks.check('mirror: back to Kafka under prefixed names, every record is the same', () =>
    copied(back),
  )
  await checks.check("mirror: the topics' configs come back", () => sameConfigs(odradek, kafka, topics, back))
  await checks.check("mirror: groups' offsets come back", () =>
    translatedOffsets(odradek, kafka, groupsHere, back),
  )
  await returning.stop()
  if (isShort) return

  // Other aliases: MirrorMaker keeps its place by them.
  const prefixed: Mirroring = {
    from: end('old', address),
    to: end('new', broker.address),
    policy: 'Default',
    prefix,
  }
  const second = await run('there-prefixed', prefixed)
  await checks.check('mirror: from Kafka to Odradek under prefixed names', () => copied(prefixed))
  await second.stop()
  await removeTopics(kafka, names)
  const home: Mirroring = {
    from: end('hub', broker.address),
    to: end('home', address),
    policy: 'Identity',
    prefix,
  }
  const third = await run('back-same-names', home)
  await checks.check('mirror: back to Kafka under the same names, where they had been deleted', () =>
    copied(home),
  )
  await third.stop()
}

/** Waits until all has come, and compares it. @returns the figures */
async function allCopied(
  clusters: ReadonlyMap<string, Cluster>,
  mirroring: Mirroring,
  topics: readonly MirroredTopic[],
): Promise<string> {
  const from = clusters.get(mirroring.from.address)!
  const to = clusters.get(mirroring.to.address)!
  let what = ''
  const isThere = async (): Promise<boolean> => {
    for (const { name } of topics) {
      const wanted = await countOf(from, name)
      const found = await countOf(to, nameAt(mirroring, name)).catch(() => 0)
      what = `${found} of ${wanted} records of ${name}`
      if (found < wanted) return false
    }
    return true
  }
  await eventually('all records are copied', COPY_LIMIT_MS, isThere, 300).catch((error: Error) => {
    throw new Error(`${error.message}; ${what}`)
  })
  let count = 0
  for (const { name } of topics)
    count += await sameRecords(
      { cluster: from, topic: name },
      { cluster: to, topic: nameAt(mirroring, name) },
    )
  return `${count} records in ${topics.length} topics`
}

/** What is set of a topic at one end is set at the other. */
async function sameConfigs(
  from: Cluster,
  to: Cluster,
  topics: readonly MirroredTopic[],
  mirroring: Mirroring,
): Promise<string> {
  let count = 0
  for (const { name, configs } of topics) {
    const wanted = await settingsOf(from, name)
    for (const key of Object.keys(configs))
      isTrue(wanted.includes(key), `${name} has no ${key} where it comes from`)
    let found = ''
    await eventually(`the settings of ${name} are copied`, COPY_LIMIT_MS, async () => {
      found = await settingsOf(to, nameAt(mirroring, name))
      return found === wanted
    }).catch((error: Error) => {
      throw new Error(`${error.message}: ${found} and not ${wanted}`)
    })
    count += Object.keys(configs).length
  }
  return `${count} settings`
}

async function settingsOf(cluster: Cluster, topic: string): Promise<string> {
  const configs = await describeTopicConfigs(cluster, topic)
  return configs
    .filter(({ source }) => source === 'DYNAMIC_TOPIC_CONFIG')
    .map(({ name, value }) => `${name}=${value}`)
    .toSorted((a, b) => a.localeCompare(b))
    .join(' ')
}
