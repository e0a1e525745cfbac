/**
 * Writes a reply to a socket at the pace of its reader: bytes in memory as they are, fetched records chunk by chunk
 * from where they lie. The next chunk is read while the one before it leaves.
 */
import type { Duplex } from 'node:stream'
import { isLazyBytes, type LazyBytes, type WirePart } from '#protocol/lazy-bytes.ts'
import type { ChunkPool } from './chunk-pool.ts'

/** Records up to this size are read first and leave in one write with what surrounds them. */
const smallBytes = 16 * 1024

/**
 * Resolves when the socket has taken the last byte. Lazy parts are released whatever happens.
 * @param onProgress called whenever the socket took bytes
 * @throws StorageError when records cannot be read, or the socket's error: the frame is then broken off, so that
 *   the connection can only be closed
 */
export async function writeParts(
  socket: Duplex,
  parts: readonly WirePart[],
  pool: ChunkPool,
  onProgress: () => void,
): Promise<void> {
  let next = 0
  let ready: Buffer[] = []
  try {
    for (; next < parts.length; next++) {
      const part = parts[next]!
      if (!isLazyBytes(part)) {
        ready.push(part)
      } else if (part.byteLength <= smallBytes) {
        const bytes = Buffer.allocUnsafe(part.byteLength)
        await part.read(0, bytes)
        part.release()
        ready.push(bytes)
      } else {
        await writeAll(socket, ready)
        ready = []
        await writeChunks(socket, part, pool, onProgress)
        part.release()
      }
    }
    await writeAll(socket, ready)
    onProgress()
  } finally {
    for (; next < parts.length; next++) {
      const part = parts[next]!
      if (isLazyBytes(part)) part.release()
    }
  }
}

async function writeAll(socket: Duplex, buffers: readonly Buffer[]): Promise<void> {
  if (buffers.length === 0) return
  socket.cork()
  for (const buffer of buffers.slice(0, -1)) socket.write(buffer)
  const written = write(socket, buffers.at(-1)!)
  socket.uncork()
  await written
}

async function writeChunks(
  socket: Duplex,
  bytes: LazyBytes,
  pool: ChunkPool,
  onProgress: () => void,
): Promise<void> {
  let position = 0
  let writing = Promise.resolve()
  while (position < bytes.byteLength) {
    const chunk = pool.take(bytes.byteLength - position)
    const filled = chunk.subarray(0, bytes.byteLength - position)
    try {
      await bytes.read(position, filled)
      await writing
    } catch (error) {
      pool.giveBack(chunk)
      throw error
    }
    writing = write(socket, filled).finally(() => {
      pool.giveBack(chunk)
      onProgress()
    })
    // It is awaited in the next round, after the read; a failure before that must not count as unhandled.
    writing.catch(() => {})
    position += filled.length
  }
  await writing
}

function write(socket: Duplex, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(bytes, error => {
      if (error) reject(error)
      else resolve()
    })
  })
}
