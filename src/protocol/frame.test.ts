import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { apiKeys, type ApiName } from './api-keys.ts'
import { firstFlexibleVersions } from './flexible-versions.ts'
import {
  decodeRequestHeader,
  decodeResponse,
  encodeRequestFrame,
  encodeResponseFrame,
  FrameSplitter,
} from './frame.ts'
import { apis } from './messages/index.ts'
import { apiVersions } from './messages/api-versions.ts'
import { heartbeat } from './messages/heartbeat.ts'
import { ProtocolError } from './protocol-error.ts'
import { Reader } from './reader.ts'
import type { WireBytes } from './writer.ts'

function joined({ parts }: WireBytes): Buffer {
  return Buffer.concat(parts as Buffer[])
}

function framed(body: Uint8Array): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length)
  return Buffer.concat([length, body])
}

function take(splitter: FrameSplitter): Buffer[] {
  const frames: Buffer[] = []
  for (let frame = splitter.next(); frame !== undefined; frame = splitter.next()) frames.push(frame)
  return frames
}

test('FrameSplitter finds the frames wherever the chunks end', () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 3000, size: 'max' }), { maxLength: 20 })
  fc.assert(
    fc.property(bodies, fc.array(fc.integer({ min: 1, max: 5000 })), (wanted, sizes) => {
      const stream = Buffer.concat(wanted.map(framed))
      const splitter = new FrameSplitter(3000)
      const found: Buffer[] = []
      let size = sizes.length
      for (let at = 0; at < stream.length;) {
        const end = Math.min(stream.length, at + (sizes[size++ % sizes.length] ?? 1))
        splitter.push(stream.subarray(at, end))
        found.push(...take(splitter))
        at = end
      }
      assert.deepEqual(
        found,
        wanted.map(body => Buffer.from(body)),
      )
      assert.equal(splitter.incompleteBytes, 0)
    }),
    { numRuns: 300 },
  )
})

test('FrameSplitter refuses a length below 0 or above the limit, after the frames before it', () => {
  for (const length of [-1, -2147483648, 101, 2147483647]) {
    const splitter = new FrameSplitter(100)
    const bad = Buffer.alloc(4)
    bad.writeInt32BE(length)
    splitter.push(Buffer.concat([framed(Buffer.from('good')), bad]))
    assert.deepEqual(splitter.next(), Buffer.from('good'))
    assert.throws(() => splitter.next(), ProtocolError)
  }
})

test('FrameSplitter takes no more memory than twice what came', () => {
  const splitter = new FrameSplitter(100_000_000)
  const before = process.memoryUsage().arrayBuffers
  splitter.push(Buffer.from('05f5e100', 'hex'))
  splitter.push(Buffer.alloc(1000))
  assert.equal(splitter.next(), undefined)
  assert.equal(splitter.incompleteBytes, 100_000_000)
  assert.ok(process.memoryUsage().arrayBuffers - before < 1_000_000)
  splitter.clear()
  assert.equal(splitter.incompleteBytes, 0)
})

test('a frame within one chunk is not copied', () => {
  const chunk = Buffer.concat([framed(Buffer.from('one')), framed(Buffer.from('two'))])
  const splitter = new FrameSplitter(100)
  splitter.push(chunk)
  const frames = take(splitter)
  assert.deepEqual(frames.map(String), ['one', 'two'])
  for (const frame of frames) assert.equal(frame.buffer, chunk.buffer)
})

test('the table of flexible versions is that of the messages', () => {
  const kept = new Map(apis.map(api => [api.name as string, api.request.flexibleVersions]))
  for (const name of Object.keys(apiKeys) as ApiName[]) {
    const range = kept.get(name)
    const expected = range === undefined || range.max < range.min ? Infinity : range.min
    assert.equal(firstFlexibleVersions[name], expected, name)
  }
})

test('request and response of one API have the same versions', () => {
  for (const { name, request, response } of apis) {
    assert.deepEqual(request.validVersions, response.validVersions, name)
    assert.equal(request.apiKey, apiKeys[name], name)
    assert.equal(response.apiKey, apiKeys[name], name)
  }
})

test('a request comes back from its frame', () => {
  for (const version of [0, 3, 4]) {
    const frame = joined(encodeRequestFrame(heartbeat, version, 7, 'me', { groupId: 'g', memberId: 'm' }))
    assert.equal(frame.readInt32BE(0), frame.length - 4)
    const header = decodeRequestHeader(new Reader(frame.subarray(4)))
    assert.deepEqual(header, { apiKey: 12, apiVersion: version, correlationId: 7, clientId: 'me' })
  }
})

test('of a header that is not known only the common part is read', () => {
  const unknownKey = new Reader(Buffer.from('7fff0001000000050000', 'hex'))
  assert.deepEqual(decodeRequestHeader(unknownKey), {
    apiKey: 32767,
    apiVersion: 1,
    correlationId: 5,
    clientId: null,
  })
  const negativeVersion = new Reader(Buffer.from('0012ffff00000005', 'hex'))
  assert.deepEqual(decodeRequestHeader(negativeVersion), {
    apiKey: 18,
    apiVersion: -1,
    correlationId: 5,
    clientId: null,
  })
  const newVersion = new Reader(Buffer.from('00120064000000050001780001', 'hex'))
  assert.deepEqual(decodeRequestHeader(newVersion), {
    apiKey: 18,
    apiVersion: 100,
    correlationId: 5,
    clientId: 'x',
  })
  assert.equal(newVersion.remaining, 1, 'the tags are read, the body is not')
  assert.throws(() => decodeRequestHeader(new Reader(Buffer.from('00120064000000', 'hex'))), ProtocolError)
})

test('the answer to ApiVersions has a header without tags in every version', () => {
  assert.equal(
    joined(encodeResponseFrame(apiVersions, 3, 9, {}))
      .toString('hex')
      .slice(8, 20),
    '000000090000',
  )
  assert.equal(
    joined(encodeResponseFrame(heartbeat, 4, 9, {}))
      .toString('hex')
      .slice(8, 18),
    '0000000900',
  )
  const answer = joined(encodeResponseFrame(apiVersions, 4, 9, { errorCode: 35 })).subarray(4)
  assert.equal(decodeResponse(apiVersions, 4, 9, new Reader(answer)).errorCode, 35)
  assert.throws(() => decodeResponse(apiVersions, 4, 8, new Reader(answer)), ProtocolError)
})
