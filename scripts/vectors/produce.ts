/**
 * Produced record sets: what a broker in memory answers over TCP, beside what Kafka answered. A line names a record
 * set by its id; the bytes are in a file of records vectors of the same call or beside one, or else in the
 * project's own.
 */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { SystemClock } from '../../src/base/clock.ts'
import { Connection, dialTcp } from '../../src/client/connection.ts'
import { Broker } from '../../src/index.ts'
import { errorCode, errorName } from '../../src/protocol/error-codes.ts'
import { createTopics } from '../../src/protocol/messages/create-topics.ts'
import { produce } from '../../src/protocol/messages/produce.ts'
import { readLines } from './lines.ts'
import { expectSame, type Vector, type VectorCheck } from './tally.ts'

const recordsFile = 'records.ndjson.gz'
const ownRecords = join(import.meta.dirname, '../../test/vectors', recordsFile)
/** Kafka's answers were given in this version. */
const produceVersion = 11
/** Every vector gets a partition of its own, of topics that do not grow without bound. */
const partitionsPerTopic = 1000

const topics = [
  { kind: 'plain', configs: [] },
  { kind: 'compacted', configs: [{ name: 'cleanup.policy', value: 'compact' }] },
] as const

export const checkProduce: VectorCheck = async (vectors, tally, paths) => {
  const beside = paths.map(path => join(dirname(path), recordsFile))
  const places = [...new Set([...paths, ...beside, ownRecords])].filter(path => existsSync(path))
  const recordSets = findRecordSets(new Set(vectors.map(vector => vector.id)), places)
  const broker = await Broker.start({ storage: 'memory' })
  try {
    const connection = await connect(broker)
    for (let first = 0; first < vectors.length; first += partitionsPerTopic) {
      const some = vectors.slice(first, first + partitionsPerTopic)
      await createTwoTopics(connection, first, some.length)
      for (const [partition, vector] of some.entries()) {
        try {
          await checkOne(connection, first, partition, vector, recordSets)
          tally.passed++
        } catch (error) {
          tally.fail(vector.id, error)
        }
      }
    }
    connection.close()
  } finally {
    await broker.close()
  }
}

/** The first file that has an id counts. */
function findRecordSets(ids: ReadonlySet<string>, paths: readonly string[]): Map<string, Buffer> {
  const found = new Map<string, Buffer>()
  for (const path of paths) {
    if (found.size === ids.size) break
    for (const line of readLines(path)) {
      const vector = parseRecords(line)
      if (vector === undefined || !ids.has(vector.id) || found.has(vector.id)) continue
      found.set(vector.id, Buffer.from(vector.b, 'base64'))
    }
  }
  return found
}

/** Files of other formats are looked through, too; what is wrong in them is told where they are checked. */
function parseRecords(line: string): Vector | undefined {
  if (!line.includes('"batches"')) return undefined
  try {
    const vector = JSON.parse(line) as Vector
    return typeof vector.id === 'string' && typeof vector.b === 'string' ? vector : undefined
  } catch {
    return undefined
  }
}

function connect(broker: Broker): Promise<Connection> {
  const [, host, port] = /^(.*):(\d+)$/.exec(broker.bootstrapServers)!
  const ports = { clock: new SystemClock(), clientId: 'vectors', dial: dialTcp }
  return Connection.open({ host: host!, port: Number(port) }, ports)
}

async function createTwoTopics(connection: Connection, first: number, numPartitions: number): Promise<void> {
  const wanted = topics.map(({ kind, configs }) => ({
    name: `${kind}-${first}`,
    numPartitions,
    replicationFactor: 1,
    configs,
  }))
  const answer = await connection.call(createTopics, { topics: wanted, timeoutMs: 60_000 })
  for (const { name, errorCode } of answer.topics) expectSame(name, String(errorCode), '0')
}

async function checkOne(
  connection: Connection,
  first: number,
  partition: number,
  vector: Vector,
  recordSets: ReadonlyMap<string, Buffer>,
): Promise<void> {
  const records = recordSets.get(vector.id)
  if (records === undefined) throw new Error('no file has these records')
  for (const { kind } of topics) {
    const expected = vector[kind]
    if (expected === undefined) continue
    const answer = await connection.call(
      produce,
      {
        acks: -1,
        timeoutMs: 30_000,
        topicData: [{ name: `${kind}-${first}`, partitionData: [{ index: partition, records }] }],
      },
      { maxVersion: produceVersion },
    )
    const actual = answer.responses[0]!.partitionResponses[0]!
    const error = errorName(actual.errorCode)
    // Kafka let an exception through that it did not expect; a clean refusal is as good.
    const isRefusal = error === 'INVALID_RECORD' || error === 'CORRUPT_MESSAGE'
    if (expected.code === errorCode('UNKNOWN_SERVER_ERROR') && isRefusal) continue
    expectSame(`${kind}: error`, String(actual.errorCode), String(expected.code))
    expectSame(`${kind}: base offset`, String(actual.baseOffset), expected.baseOffset)
    const refused = actual.recordErrors.map(each => each.batchIndex)
    expectSame(`${kind}: records`, JSON.stringify(refused), JSON.stringify(expected.recordErrors ?? []))
  }
}
