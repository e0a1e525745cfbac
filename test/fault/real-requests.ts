// Every request of the golden vectors that the broker answers, as it is, made to fit what exists, and with bytes changed.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { handlers } from '../../src/api/index.ts'
import { decode, encode } from '../../src/protocol/codec.ts'
import { apis } from '../../src/protocol/messages/index.ts'
import { Reader } from '../../src/protocol/reader.ts'
import { Writer } from '../../src/protocol/writer.ts'
import type { RandomNumbers } from './random-numbers.ts'
import { root } from './broker-process.ts'

type Api = (typeof apis)[number]

export interface RealRequest {
  readonly api: Api
  readonly version: number
  readonly header: Buffer
  readonly body: Buffer
}

/** A topic that there is. */
export interface KnownTopic {
  readonly name: string
  readonly topicId: string
}

interface Vector {
  readonly name: string
  readonly v: number
  readonly h: string
  readonly b: string
}

export function realRequests(): RealRequest[] {
  const answered = new Map(handlers.map(handler => [handler.message.key, handler.versions]))
  const byName = new Map<string, Api>(apis.map(api => [api.request.name, api]))
  return gunzipSync(readFileSync(join(root, 'test/vectors/messages.ndjson.gz')))
    .toString()
    .split('\n')
    .filter(line => line.includes('Request"'))
    .flatMap(line => {
      const { name, v: version, h, b } = JSON.parse(line) as Vector
      const api = byName.get(name)
      const versions = api === undefined ? undefined : answered.get(api.key)
      if (api === undefined || versions === undefined || version < versions.min || version > versions.max)
        return []
      return [{ api, version, header: Buffer.from(h, 'base64'), body: Buffer.from(b, 'base64') }]
    })
}

/**
 * The same request about a topic that exists, so that it comes further than to "unknown topic". undefined where it
 * cannot be written again.
 */
export function aboutKnown(request: RealRequest, topic: KnownTopic): RealRequest | undefined {
  const { api, version } = request
  const value = decode(api.request, version, new Reader(request.body))
  const writer = new Writer()
  try {
    encode(api.request, version, fitted(value, topic, ''), writer)
  } catch {
    return undefined
  }
  return { ...request, body: Buffer.concat(writer.finish().parts as Buffer[]) }
}

function fitted(value: unknown, topic: KnownTopic, key: string): unknown {
  switch (key) {
    case 'acks':
    case 'replicaId':
    case 'sessionEpoch':
    case 'currentLeaderEpoch':
    case 'lastFetchedEpoch':
      return -1
    case 'transactionalId':
      return null
    case 'index':
    case 'partition':
    case 'partitionIndex':
    case 'sessionId':
    case 'isolationLevel':
    case 'fetchOffset':
      return 0
    case 'maxWaitMs':
    case 'timeoutMs':
      return 10
    case 'topicId':
      return topic.topicId
    case 'topic':
      return typeof value === 'string' ? topic.name : value
    case 'name':
      return typeof value === 'string' && value.startsWith('t-') ? topic.name : value
    default:
      break
  }
  if (Array.isArray(value)) return value.map(each => fitted(each, topic, singular(key)))
  if (value === null || typeof value !== 'object' || Buffer.isBuffer(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, fitted(each, topic, name)]))
}

function singular(key: string): string {
  return { topicNames: 'topic', partitions: 'partition', partitionIndexes: 'partition' }[key] ?? ''
}

const extremes = [
  '00',
  'ff',
  '7f',
  '80',
  '0000',
  'ffff',
  '7fff',
  '00000000',
  'ffffffff',
  '7fffffff',
  '80000000',
  'ffffffffffffffff',
  '7fffffffffffffff',
  'ffffffff0f',
  'ffffffff07',
].map(hex => Buffer.from(hex, 'hex'))

/** Some bytes replaced, put in, taken out, or all cut from some place on. */
export function mutated(bytes: Buffer, random: RandomNumbers): Buffer {
  let result = bytes
  for (let changes = random.between(1, 4); changes > 0; changes--) {
    const at = random.between(0, result.length + 1)
    const put = random.between(0, 2) === 0 ? random.pick(extremes) : random.bytes(random.between(1, 3))
    const before = result.subarray(0, at)
    // Replaced bytes leave the rest in its place, so that more of it is still read.
    const kind = random.between(0, 20)
    if (kind < 15) result = Buffer.concat([before, put, result.subarray(at + put.length)])
    else if (kind < 17) result = Buffer.concat([before, put, result.subarray(at)])
    else if (kind < 19) result = Buffer.concat([before, result.subarray(at + put.length)])
    else result = before
  }
  return result
}
