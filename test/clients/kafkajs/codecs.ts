// The codecs that kafkajs leaves to plug-ins: Snappy by its own plug-in, LZ4 by lz4-napi, Zstandard by Node.

import { promisify } from 'node:util'
import { zstdCompress, zstdDecompress } from 'node:zlib'
import kafkajs from 'kafkajs'
import snappy from 'kafkajs-snappy'
import lz4 from 'lz4-napi'

const { CompressionCodecs, CompressionTypes } = kafkajs
const compressZstd = promisify(zstdCompress)
const decompressZstd = promisify(zstdDecompress)

/** kafkajs hands a plug-in its encoder, which holds the bytes to compress. */
interface Encoder {
  readonly buffer: Buffer
}

/** Makes the codecs known to every client of the process. */
export function registerCodecs(): void {
  CompressionCodecs[CompressionTypes.Snappy] = snappy
  CompressionCodecs[CompressionTypes.LZ4] = () => ({
    compress: async (encoder: Encoder) => lz4.compressFrame(encoder.buffer),
    decompress: async (bytes: Buffer) => lz4.decompressFrame(bytes),
  })
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: async (encoder: Encoder) => compressZstd(encoder.buffer),
    decompress: async (bytes: Buffer) => decompressZstd(bytes),
  })
}
