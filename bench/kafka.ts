// Apache Kafka from its package registry, kept in .cache: one node, with the settings of its own start script.

import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runWithRetries } from '../test/clients/steps.ts'
import { freePort, output, startBroker } from './children.ts'
import type { Broker } from './children.ts'
import { cache } from './places.ts'

const pom = join(import.meta.dirname, 'pom.xml')
const log4j = join(import.meta.dirname, 'log4j2.properties')
const plugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1'

/** What pom.xml pins. */
export async function kafkaVersion(): Promise<string> {
  return /<artifactId>kafka_[^<]*<\/artifactId>\s*<version>([^<]*)</.exec(await readFile(pom, 'utf8'))![1]!
}

/** The folder of the jars; installs them where that is not done yet. Needs Maven and Java 17 or newer. */
async function jars(): Promise<string> {
  const folder = join(cache, `kafka-${await kafkaVersion()}`)
  if (existsSync(folder)) return folder
  const half = `${folder}.half`
  await rm(half, { recursive: true, force: true })
  await mkdir(half, { recursive: true })
  const ended = await runWithRetries({
    argv: ['mvn', '-q', '-B', '-f', pom, `${plugin}:copy-dependencies`, `-DoutputDirectory=${half}`],
    limitSeconds: 300,
  })
  if (ended.reason !== undefined)
    throw new Error(`Kafka could not be installed: ${ended.reason}\n${ended.output}`)
  await rename(half, folder)
  return folder
}

/** Formats `folder` and starts a broker on it, on a free port if none is given; `settings` are further configs, each KEY=VALUE. */
export async function startKafka(
  folder: string,
  { port, settings = [] }: { port?: number; settings?: readonly string[] } = {},
): Promise<Broker> {
  port ??= await freePort()
  const controller = await freePort()
  await mkdir(folder)
  const properties = join(folder, 'server.properties')
  await writeFile(
    properties,
    `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controller}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=${join(folder, 'data')}
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
${settings.join('\n')}
`,
  )
  const java = ['java', `-Dlog4j2.configurationFile=${log4j}`, '-cp', join(await jars(), '*')]
  const tool = [...java, 'kafka.tools.StorageTool']
  const id = (await output([...tool, 'random-uuid'])).trim()
  await output([...tool, 'format', '-t', id, '-c', properties])
  return startBroker({
    // The heap and the collector of bin/kafka-server-start.sh and kafka-run-class.sh.
    argv: [
      ...java.slice(0, 1),
      ...'-Xms1g -Xmx1g -server -XX:+UseG1GC -XX:MaxGCPauseMillis=20'.split(' '),
      ...'-XX:InitiatingHeapOccupancyPercent=35 -XX:+ExplicitGCInvokesConcurrent'.split(' '),
      ...java.slice(1),
      'kafka.Kafka',
      properties,
    ],
    port,
    log: join(folder, 'log'),
    goodEnding: 'status 143',
  })
}
