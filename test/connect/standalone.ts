// A standalone worker with a file source and a file sink: its offsets are in a file, its sink's in a group of the broker.

import { join } from 'node:path'
import { freePort } from '../../bench/children.ts'
import type { Checks } from '../fault/checks.ts'
import { createTopic } from './cluster.ts'
import { Flow } from './flow.ts'
import { JavaProcess, writeProperties } from './java-process.ts'
import { LineWriter } from './lines.ts'
import { ConnectRest } from './rest.ts'
import type { Options } from './run.ts'
import { untilRuns, withScene } from './scene.ts'

const topic = 'lines'

interface Places {
  readonly broker: string
  readonly restPort: number
  readonly source: string
  readonly sink: string
}

export function standaloneChecks(checks: Checks, { isShort }: Options): Promise<void> {
  return withScene('standalone', checks, async ({ folder, broker, cluster, processes }) => {
    const restPort = await freePort()
    const places = {
      broker: broker.address,
      restPort,
      source: join(folder, 'source.txt'),
      sink: join(folder, 'sink.txt'),
    }
    const worker = new JavaProcess(
      'org.apache.kafka.connect.cli.ConnectStandalone',
      await writeConfigs(folder, places),
      join(folder, 'worker.log'),
    )
    processes.push(worker)
    const rest = new ConnectRest(restPort)
    const start = async (): Promise<void> => {
      worker.start()
      await untilRuns(worker, async () => (await rest.runs('source', 1)) && (await rest.runs('sink', 1)))
    }
    const writer = new LineWriter(places.source, 'line')
    const marginMs = isShort ? 500 : 4000
    const flow = new Flow({ cluster, topic, writers: [writer], sinkPath: places.sink, marginMs })

    await createTopic(cluster, topic, 1)
    await checks.check('standalone: lines go from file to file in order, each once', async () => {
      writer.append(isShort ? 5000 : 50_000)
      await start()
      return flow.arrivesOnce()
    })
    await checks.check('standalone: a worker that is stopped and started goes on where it was', async () => {
      await worker.stop()
      writer.append(100)
      await start()
      return flow.arrivesOnce()
    })
    await checks.check('standalone: a broker that is stopped and started loses no line', () =>
      flow.arrivesDespite(async () => {
        const reason = await broker.stop()
        if (reason !== undefined) throw new Error(reason)
        await broker.start()
      }),
    )
    await checks.check('standalone: a broker that is killed loses no line', () =>
      flow.arrivesDespite(async () => {
        await broker.kill()
        await broker.start()
      }),
    )
    await checks.check('standalone: a worker that is killed loses no line', () =>
      flow.arrivesDespite(async () => {
        await worker.kill()
        await start()
      }),
    )
    await checks.check('standalone: the worker ends in an orderly way', async () => {
      await worker.stop()
      return undefined
    })
  })
}

/** @returns their paths, in the order in which the worker takes them */
function writeConfigs(folder: string, { broker, restPort, source, sink }: Places): Promise<string[]> {
  const connector = { 'tasks.max': 1, file: source }
  return Promise.all([
    writeProperties(join(folder, 'worker.properties'), {
      'bootstrap.servers': broker,
      'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
      'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
      'offset.storage.file.filename': join(folder, 'source-offsets'),
      'offset.flush.interval.ms': 1000,
      // The sink of a worker that was killed is missed after six seconds.
      'consumer.session.timeout.ms': 6000,
      'consumer.heartbeat.interval.ms': 2000,
      listeners: `http://127.0.0.1:${restPort}`,
    }),
    writeProperties(join(folder, 'source.properties'), {
      ...connector,
      name: 'source',
      'connector.class': 'org.apache.kafka.connect.file.FileStreamSourceConnector',
      topic,
    }),
    writeProperties(join(folder, 'sink.properties'), {
      ...connector,
      name: 'sink',
      'connector.class': 'org.apache.kafka.connect.file.FileStreamSinkConnector',
      file: sink,
      topics: topic,
    }),
  ])
}
