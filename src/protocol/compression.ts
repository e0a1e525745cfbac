/**
 * The codecs of record batches, both ways, each with a bound on what it unpacks to. What is accepted is what
 * Kafka 4.3's readers accept. Everything is synchronous: who has much to unpack does it in a worker.
 */
import { constants, gzipSync, zstdCompressSync } from 'node:zlib'
import { unreachable } from '#base/assert.ts'
import { decompressGzip } from './gzip.ts'
import { compressLz4, decompressLz4 } from './lz4.ts'
import type { Codec } from './record-batch.ts'
import { compressSnappy, decompressSnappy } from './snappy.ts'
import { decompressZstd } from './zstd.ts'

export { CompressionError, UnpackedTooLargeError } from './compression-error.ts'

/**
 * Unpacks the bytes behind a batch header.
 * @param maxBytes largest output; more is refused while unpacking
 * @returns new bytes, or `bytes` itself for codec none
 * @throws CompressionError when they are not what the codec says, UnpackedTooLargeError past `maxBytes`
 */
export function decompress(codec: Codec, bytes: Buffer, maxBytes: number): Buffer {
  switch (codec) {
    case 'none':
      return bytes
    case 'gzip':
      return decompressGzip(bytes, maxBytes)
    case 'snappy':
      return decompressSnappy(bytes, maxBytes)
    case 'lz4':
      return decompressLz4(bytes, maxBytes)
    case 'zstd':
      return decompressZstd(bytes, maxBytes)
    default:
      return unreachable(codec)
  }
}

/** Kafka's default level of each codec; -1 is the library's own. */
export const defaultLevels = { gzip: -1, lz4: 9, zstd: 3 } as const

/**
 * @param level gzip 1 to 9 or -1, zstd -131072 to 22; the other codecs have none here
 */
export function compress(codec: Codec, bytes: Buffer, level?: number): Buffer {
  switch (codec) {
    case 'none':
      return bytes
    case 'gzip':
      return gzipSync(bytes, { level: level ?? defaultLevels.gzip })
    case 'snappy':
      return compressSnappy(bytes)
    case 'lz4':
      return compressLz4(bytes)
    case 'zstd':
      return zstdCompressSync(bytes, {
        params: { [constants.ZSTD_c_compressionLevel]: level ?? defaultLevels.zstd },
      })
    default:
      return unreachable(codec)
  }
}
