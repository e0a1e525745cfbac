import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import * as fc from 'fast-check'
import * as snappy from 'snappy'
import { compress, CompressionError, decompress, UnpackedTooLargeError } from './compression.ts'
import { decodeLz4Block, encodeLz4Block, maxLz4BlockBytes } from './lz4-block.ts'
import { compressLz4InJavaScript, decompressLz4 } from './lz4.ts'
import { codecs } from './record-batch.ts'
import { decodeSnappyBlock, encodeSnappyBlock } from './snappy-block.ts'
import { compressSnappy, decompressSnappy } from './snappy.ts'
import { xxhash32 } from './xxhash32.ts'

const packed = codecs.filter(codec => codec !== 'none')
const limit = 1 << 24

/** Bytes with repetition, so that the encoders find something, of sizes around the block sizes. */
const compressible = fc
  .record({
    words: fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 8 }),
    picks: fc.array(fc.nat(7), { maxLength: 400 }),
    repeat: fc.constantFrom(1, 1, 1, 200),
  })
  .map(({ words, picks, repeat }) => {
    const once = Buffer.concat(picks.map(pick => words[pick % words.length]!))
    return Buffer.concat(Array.from({ length: repeat }, () => once))
  })

for (const codec of packed) {
  test(`${codec}: unpacks what it packed`, () => {
    fc.assert(
      fc.property(compressible, bytes => {
        assert.deepEqual(decompress(codec, compress(codec, bytes), limit), bytes)
      }),
      { numRuns: 60 },
    )
  })

  test(`${codec}: takes output of exactly the limit, refuses one byte more`, () => {
    for (const size of [1, 1000, 200_000]) {
      const bytes = compress(codec, Buffer.alloc(size, 'x'))
      assert.equal(decompress(codec, bytes, size).length, size)
      assert.throws(() => decompress(codec, bytes, size - 1), UnpackedTooLargeError)
    }
  })

  test(`${codec}: refuses a bomb without unpacking it`, () => {
    const bomb = compress(codec, Buffer.alloc(64 << 20))
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().external
    assert.throws(() => decompress(codec, bomb, 1 << 20), UnpackedTooLargeError)
    const grown = process.memoryUsage().arrayBuffers + process.memoryUsage().external - before
    assert.ok(grown < 16 << 20, `${grown} bytes`)
  })

  test(`${codec}: garbage and cuts are refused, never anything else thrown`, () => {
    const good = compress(codec, Buffer.from('{"a":1,"b":"two"}'.repeat(50)))
    for (let cut = codec === 'zstd' ? 1 : 0; cut < good.length; cut++) {
      // xerial's framing cannot tell a cut between two blocks from the end
      if (codec === 'snappy' && cut >= 16 && cut < 20) continue
      assert.throws(() => decompress(codec, good.subarray(0, cut), limit), CompressionError, `cut at ${cut}`)
    }
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bad = Buffer.from(good)
        bad[at]! ^= change
        try {
          decompress(codec, bad, limit)
        } catch (error) {
          assert.ok(
            error instanceof CompressionError || error instanceof UnpackedTooLargeError,
            String(error),
          )
        }
      }),
      { numRuns: 500 },
    )
  })
}

test('gzip: several members; what follows the last one is ignored as Java does', () => {
  const two = Buffer.concat([gzipSync('one '), gzipSync('two')])
  assert.equal(decompress('gzip', two, limit).toString(), 'one two')
  assert.equal(decompress('gzip', two, 7).toString(), 'one two')
  assert.throws(() => decompress('gzip', two, 6), UnpackedTooLargeError)
  for (const tail of ['x', 'rubbish that is longer than a header', '\x1f\x8b\x08']) {
    const bytes = Buffer.concat([two, Buffer.from(tail, 'latin1')])
    assert.equal(decompress('gzip', bytes, limit).toString(), 'one two', tail)
  }
  const brokenSecond = Buffer.concat([gzipSync('one '), gzipSync('two'.repeat(20)).subarray(0, -4)])
  assert.throws(() => decompress('gzip', brokenSecond, limit), CompressionError)
})

test('zstd: several frames; what Kafka lets pass after the first one, and nothing else', () => {
  const one = zstdCompressSync('one ')
  const two = zstdCompressSync('two')
  assert.equal(decompress('zstd', Buffer.concat([one, two]), limit).toString(), 'one two')
  for (const rubbish of ['r', 'rubbish']) {
    const bytes = Buffer.concat([one, Buffer.from(rubbish)])
    assert.throws(() => decompress('zstd', bytes, limit), CompressionError, rubbish)
  }
  // "two" is one raw block, which starts 9 bytes into its frame.
  for (let cut = 1; cut < two.length; cut++) {
    const bytes = Buffer.concat([one, two.subarray(0, cut)])
    if (cut <= 9) assert.equal(decompress('zstd', bytes, limit).toString(), 'one ', `cut at ${cut}`)
    else assert.throws(() => decompress('zstd', bytes, limit), CompressionError, `cut at ${cut}`)
  }
  assert.equal(decompress('zstd', Buffer.alloc(0), limit).length, 0)
})

test('snappy: raw, framed and concatenated, by the native encoder and ours', () => {
  fc.assert(
    fc.property(compressible, bytes => {
      if (bytes.length > 0) {
        const block = bytes.subarray(0, 65536)
        assert.deepEqual(decompressSnappy(encodeSnappyBlock(block), limit), block)
        assert.deepEqual(snappy.uncompressSync(encodeSnappyBlock(block)), block)
        assert.deepEqual(decompressSnappy(snappy.compressSync(bytes), limit), bytes)
      }
      assert.deepEqual(decompressSnappy(compressSnappy(bytes, encodeSnappyBlock), limit), bytes)
    }),
    { numRuns: 60 },
  )
  const stream = compressSnappy(Buffer.from('abc'))
  assert.equal(
    decompressSnappy(Buffer.concat([stream, stream, Buffer.from('xyz')]), limit).toString(),
    'abcabc',
  )
})

test('snappy: the decoder refuses what is out of bounds and writes nothing past its end', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), bytes => {
      const target = Buffer.alloc(200, 0xaa)
      try {
        decodeSnappyBlock(bytes, 0, bytes.length, target, 50, 150)
      } catch (error) {
        assert.ok(error instanceof CompressionError, String(error))
      }
      assert.ok(target.subarray(0, 50).every(byte => byte === 0xaa))
      assert.ok(target.subarray(150).every(byte => byte === 0xaa))
    }),
    { numRuns: 2000 },
  )
})

test('lz4: the JavaScript encoder writes frames and blocks that unpack alike', () => {
  fc.assert(
    fc.property(compressible, bytes => {
      assert.deepEqual(decompressLz4(compressLz4InJavaScript(bytes), limit), bytes)
    }),
    { numRuns: 60 },
  )
})

test('lz4: block decoder refuses what is out of bounds and writes nothing past its limit', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), bytes => {
      const target = Buffer.alloc(200, 0xaa)
      try {
        const end = decodeLz4Block(bytes, 0, bytes.length, target, 50, 150)
        assert.ok(end >= 50 && end <= 150)
      } catch (error) {
        assert.ok(error instanceof CompressionError, String(error))
      }
      assert.ok(target.subarray(0, 50).every(byte => byte === 0xaa))
      assert.ok(target.subarray(150).every(byte => byte === 0xaa))
    }),
    { numRuns: 2000 },
  )
  const source = Buffer.from('abcabcabcabcabcabcabcabcabcabcabc')
  const block = Buffer.alloc(maxLz4BlockBytes(source.length))
  const end = encodeLz4Block(source, block, 0)
  const target = Buffer.alloc(source.length)
  assert.equal(decodeLz4Block(block, 0, end, target, 0, source.length), source.length)
  assert.throws(() => decodeLz4Block(block, 0, end, target, 0, source.length - 1), CompressionError)
})

test('lz4: frames of dependent blocks are refused, as by Kafka', () => {
  const frame = compressLz4InJavaScript(Buffer.from('some bytes'))
  frame[4]! &= ~0x20
  frame[6] = (xxhash32(frame.subarray(4, 6)) >>> 8) & 0xff
  assert.throws(() => decompressLz4(frame, limit), /dependent/)
})

test('lz4: a wrong header checksum is accepted only where it is asked to be', () => {
  const frame = compressLz4InJavaScript(Buffer.from('some bytes'))
  frame[6]! ^= 0xff
  assert.throws(() => decompressLz4(frame, limit), CompressionError)
  assert.equal(decompressLz4(frame, limit, true).toString(), 'some bytes')
})

test('xxhash32 of known inputs', () => {
  assert.equal(xxhash32(Buffer.alloc(0)), 0x02cc5d05)
  assert.equal(xxhash32(Buffer.from('abc')), 0x32d153ff)
  assert.equal(xxhash32(Buffer.from('Nobody inspects the spammish repetition')), 0xe2293b2f)
})
