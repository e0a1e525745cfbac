// MirrorMaker 2 as a process of its own that copies one way between two clusters.

import { join } from 'node:path'
import { JavaProcess, writeProperties } from './java-process.ts'

export interface End {
  /** What MirrorMaker calls the cluster; also part of the names of its topics, so that it keeps its place by it. */
  readonly alias: string
  /** HOST:PORT */
  readonly address: string
}

export interface Mirroring {
  readonly from: End
  readonly to: End
  /** `Identity` keeps the names of topics, `Default` puts the alias of the source before them. */
  readonly policy: 'Identity' | 'Default'
  /** Topics and groups whose names begin with it are copied. */
  readonly prefix: string
}

/** @param name of its files in `folder` */
export async function mirrorMaker(
  folder: string,
  name: string,
  { from, to, policy, prefix }: Mirroring,
): Promise<JavaProcess> {
  const properties = await writeProperties(join(folder, `${name}.properties`), {
    clusters: `${from.alias}, ${to.alias}`,
    [`${from.alias}.bootstrap.servers`]: from.address,
    [`${to.alias}.bootstrap.servers`]: to.address,
    [`${from.alias}->${to.alias}.enabled`]: true,
    topics: `${prefix}.*`,
    groups: `${prefix}.*`,
    'replication.policy.class': `org.apache.kafka.connect.mirror.${policy}ReplicationPolicy`,
    'tasks.max': 2,
    'replication.factor': 1,
    'checkpoints.topic.replication.factor': 1,
    'heartbeats.topic.replication.factor': 1,
    'offset-syncs.topic.replication.factor': 1,
    'config.storage.replication.factor': 1,
    'offset.storage.replication.factor': 1,
    'status.storage.replication.factor': 1,
    'sync.group.offsets.enabled': true,
    // Defaults are up to ten minutes.
    'refresh.topics.interval.seconds': 2,
    'refresh.groups.interval.seconds': 2,
    'sync.topic.configs.interval.seconds': 2,
    'emit.checkpoints.interval.seconds': 1,
    'sync.group.offsets.interval.seconds': 1,
    [`${to.alias}.offset.flush.interval.ms`]: 1000,
    [`${to.alias}.producer.compression.type`]: 'zstd',
  })
  return new JavaProcess(
    'org.apache.kafka.connect.mirror.MirrorMaker',
    [properties],
    join(folder, `${name}.log`),
  )
}

/** What the policy calls a topic at the other end. */
export function nameAt({ from, policy }: Mirroring, topic: string): string {
  return policy === 'Identity' ? topic : `${from.alias}.${topic}`
}
