// Two distributed workers: connectors come by REST, all that the workers know is in topics of the broker, and a group of
// protocol type `connect` shares the work out.

import { join } from 'node:path'
import { describeTopicConfigs } from '#client/admin.ts'
import type { Cluster } from '#client/cluster.ts'
import { listGroups } from '#client/group-admin.ts'
import { freePort } from '../../bench/children.ts'
import { eventually, isTrue } from '../fault/checks.ts'
import type { Checks } from '../fault/checks.ts'
import { Flow } from './flow.ts'
import { JavaProcess, writeProperties } from './java-process.ts'
import { LineWriter, linesOf } from './lines.ts'
import { ConnectRest } from './rest.ts'
import type { Options } from './run.ts'
import { untilRuns, withScene } from './scene.ts'

const topic = 'keyed-lines'
const partitionCount = 4
/** Partitions of the workers' own topics, as Connect creates them. */
const internalTopics = { 'connect-configs': 1, 'connect-offsets': 25, 'connect-status': 5 }
const taskCounts = { 'source-a': 1, 'source-b': 1, sink: 2 }
const REBALANCE_LIMIT_MS = 60_000

export function distributedChecks(checks: Checks, { isShort }: Options): Promise<void> {
  return withScene('distributed', checks, async ({ folder, broker, cluster, processes }) => {
    const first = await newWorker(folder, 'worker-1', broker.address)
    const second = await newWorker(folder, 'worker-2', broker.address)
    processes.push(first.process, second.process)
    const writers = ['a', 'b'].map(name => new LineWriter(join(folder, `${name}.txt`), name))
    const sinkPath = join(folder, 'sink.txt')
    const flow = new Flow({ cluster, topic, writers, sinkPath, marginMs: isShort ? 500 : 4000 })
    const check = (name: string, body: () => Promise<string | undefined>) =>
      checks.check(`distributed: ${name}`, body)

    await check(
      'connectors that are created by REST carry lines from files to a file, each once',
      async () => {
        for (const writer of writers) writer.append(isShort ? 2000 : 20_000)
        await start(first)
        for (const name of ['a', 'b'])
          await first.rest.configure(`source-${name}`, sourceConfig(folder, name))
        await first.rest.configure('sink', sinkConfig(sinkPath))
        await spreadOver([first])
        return flow.arrivesOnce()
      },
    )
    await check("the workers' topics are compacted, and have the partitions that Connect gives them", () =>
      internalTopicsAreRight(cluster),
    )
    await check('a second worker takes over a share, and no line is lost', () =>
      flow.arrivesDespite(async () => {
        await start(second)
        await spreadOver([first, second])
      }),
    )
    await check('the group is listed with its protocol type', async () => {
      const groups = new Map((await listGroups(cluster)).map(each => [each.groupId, each]))
      const workers = groups.get('connect-cluster')
      isTrue(workers?.protocolType === 'connect' && workers.state === 'Stable', JSON.stringify(workers))
      const consumers = groups.get('connect-sink')
      isTrue(consumers?.protocolType === 'consumer', JSON.stringify(consumers))
      return undefined
    })
    await check('a sink that is stopped, and has its offsets deleted, begins anew', async () => {
      const before = (await linesOf(sinkPath)).length
      await first.rest.stop('sink')
      await eventually('the sink has stopped', REBALANCE_LIMIT_MS, async () => {
        const { connector, tasks } = await first.rest.status('sink')
        return connector.state === 'STOPPED' && tasks.length === 0
      })
      const committed = (await first.rest.offsets('sink')).length
      isTrue(committed === partitionCount, `offsets of ${committed} partitions, not of ${partitionCount}`)
      await first.rest.deleteOffsets('sink')
      isTrue((await first.rest.offsets('sink')).length === 0, 'there are offsets still')
      await first.rest.resume('sink')
      await eventually('the sink has all lines twice', REBALANCE_LIMIT_MS, async () => {
        return (await linesOf(sinkPath)).length === 2 * before
      })
      return flow.arrives()
    })
    await check('a worker that is killed leaves its share to the other, and no line is lost', () =>
      flow.arrivesDespite(async () => {
        await second.process.kill()
        await spreadOver([first])
        await start(second)
        await spreadOver([first, second])
      }),
    )
    await check('a broker that is killed loses no line', () =>
      flow.arrivesDespite(async () => {
        await broker.kill()
        await broker.start()
      }),
    )
    await check('broker and workers that are all killed find connectors and offsets again', () =>
      flow.arrivesDespite(async () => {
        await Promise.all([first.process.kill(), second.process.kill()])
        await broker.kill()
        await broker.start()
        await Promise.all([start(first), start(second)])
        await spreadOver([first, second])
      }),
    )
    await check('a connector that is deleted is gone', async () => {
      await second.rest.delete('source-b')
      await eventually('both workers know', REBALANCE_LIMIT_MS, async () => {
        const names = await Promise.all([first, second].map(({ rest }) => rest.connectors()))
        return names.every(each => each.toSorted().join() === 'sink,source-a')
      })
      return undefined
    })
    await check('the workers end in an orderly way', async () => {
      await Promise.all([first.process.stop(), second.process.stop()])
      return undefined
    })
  })
}

interface Worker {
  readonly process: JavaProcess
  readonly rest: ConnectRest
  /** As the status of a task has it. */
  readonly id: string
}

async function newWorker(folder: string, name: string, broker: string): Promise<Worker> {
  const port = await freePort()
  const properties = await writeProperties(join(folder, `${name}.properties`), {
    'bootstrap.servers': broker,
    'group.id': 'connect-cluster',
    'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
    'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
    'config.storage.topic': 'connect-configs',
    'config.storage.replication.factor': 1,
    'offset.storage.topic': 'connect-offsets',
    'offset.storage.replication.factor': 1,
    'status.storage.topic': 'connect-status',
    'status.storage.replication.factor': 1,
    'offset.flush.interval.ms': 1000,
    listeners: `http://127.0.0.1:${port}`,
    // A worker that is killed is missed after six seconds, its share is given away a second later.
    'session.timeout.ms': 6000,
    'heartbeat.interval.ms': 2000,
    'scheduled.rebalance.max.delay.ms': 1000,
    'consumer.session.timeout.ms': 6000,
    'consumer.heartbeat.interval.ms': 2000,
  })
  return {
    process: new JavaProcess(
      'org.apache.kafka.connect.cli.ConnectDistributed',
      [properties],
      join(folder, `${name}.log`),
    ),
    rest: new ConnectRest(port),
    id: `127.0.0.1:${port}`,
  }
}

async function start({ process, rest }: Worker): Promise<void> {
  process.start()
  await untilRuns(process, () => rest.isReady())
}

/** Resolves when all runs, on these workers and on each of them. */
async function spreadOver(workers: readonly Worker[]): Promise<void> {
  const wanted = workers.map(({ id }) => id).toSorted()
  let found: string[] = []
  await eventually(`everything runs on ${wanted.join(' and ')}`, REBALANCE_LIMIT_MS, async () => {
    found = []
    const { rest } = workers[0]!
    for (const [name, count] of Object.entries(taskCounts)) {
      if (!(await rest.runs(name, count))) return false
      const { connector, tasks } = await rest.status(name)
      found.push(...[connector, ...tasks].map(({ worker_id }) => worker_id))
    }
    return [...new Set(found)].toSorted().join() === wanted.join()
  })
}

async function internalTopicsAreRight(cluster: Cluster): Promise<undefined> {
  for (const [name, count] of Object.entries(internalTopics)) {
    const { partitions } = await cluster.topic(name)
    isTrue(partitions.length === count, `${name} has ${partitions.length} partitions, not ${count}`)
    const configs = await describeTopicConfigs(cluster, name)
    const policy = configs.find(each => each.name === 'cleanup.policy')?.value
    isTrue(policy === 'compact', `${name} has cleanup.policy=${policy}`)
  }
}

/** The line becomes the key as well, so that the partition of each is sure. */
function sourceConfig(folder: string, name: string): Record<string, string> {
  const transforms = 'org.apache.kafka.connect.transforms'
  return {
    'connector.class': 'org.apache.kafka.connect.file.FileStreamSourceConnector',
    'tasks.max': '1',
    file: join(folder, `${name}.txt`),
    topic,
    'topic.creation.default.replication.factor': '1',
    'topic.creation.default.partitions': String(partitionCount),
    transforms: 'hoist,key,keyText,valueText',
    'transforms.hoist.type': `${transforms}.HoistField$Value`,
    'transforms.hoist.field': 'line',
    'transforms.key.type': `${transforms}.ValueToKey`,
    'transforms.key.fields': 'line',
    'transforms.keyText.type': `${transforms}.ExtractField$Key`,
    'transforms.keyText.field': 'line',
    'transforms.valueText.type': `${transforms}.ExtractField$Value`,
    'transforms.valueText.field': 'line',
  }
}

function sinkConfig(path: string): Record<string, string> {
  return {
    'connector.class': 'org.apache.kafka.connect.file.FileStreamSinkConnector',
    'tasks.max': '2',
    file: path,
    topics: topic,
  }
}
