/**
 * FileStore over node:fs. Owns the descriptors: a bounded number is open at a time, the one used longest ago is
 * closed when another is needed and opened again when its file is. Must not know what the bytes mean, and never
 * opens a file that it was not asked for (a descriptor of the metadata database would free its lock).
 *
 * Callbacks on raw descriptors instead of FileHandle: about a third of the cost of a small write.
 */
import fs from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { FileStore, FolderEntry, StoredFile, Volume } from './file-store.ts'
import { StorageError } from './storage-error.ts'

export interface DiskFileStoreOptions {
  /**
   * Descriptors kept open between operations. More are open only while more operations run at once. The default
   * leaves room for 2,000 connections under the usual limit of 4,096.
   */
  readonly maxOpenFiles?: number
}

const defaultMaxOpenFiles = 2000

type Callback<Result> = (error: NodeJS.ErrnoException | null, result: Result) => void

export class DiskFileStore implements FileStore {
  readonly #root: string
  readonly #maxOpenFiles: number
  /** Files with an open descriptor, the one used longest ago first. */
  readonly #open = new Set<DiskFile>()
  /** Every file that was handed out and not closed, by its folder. */
  readonly #filesByFolder = new Map<string, Set<DiskFile>>()
  readonly #renames = new Set<Promise<void>>()

  /** @param root a folder that exists */
  constructor(root: string, options: DiskFileStoreOptions = {}) {
    this.#root = root
    this.#maxOpenFiles = options.maxOpenFiles ?? defaultMaxOpenFiles
  }

  get location(): string {
    return resolve(this.#root)
  }

  get openDescriptorCount(): number {
    return this.#open.size
  }

  async open(path: string, options: { create?: boolean } = {}): Promise<StoredFile> {
    const file = new DiskFile(this, path)
    this.register(file)
    try {
      await file.attach(options.create === true)
    } catch (error) {
      await file.close()
      throw error
    }
    return file
  }

  read(path: string): Promise<Buffer> {
    return run('read', path, done => fs.readFile(this.absolute(path), done))
  }

  /** Calls for one path must not overlap: they would share the temporary name. */
  async replace(path: string, bytes: Uint8Array): Promise<void> {
    const temporary = `${path}.tmp`
    const name = this.absolute(temporary)
    const fd = await run<number>('create', temporary, done => fs.open(name, 'w', 0o644, done))
    try {
      await writeAll(fd, temporary, 0, [bytes])
      await run<void>('sync', temporary, done => fs.fdatasync(fd, error => done(error, undefined)))
    } finally {
      await run<void>('close', temporary, done => fs.close(fd, error => done(error ?? null, undefined)))
    }
    await this.rename(temporary, path)
    await this.syncFolder(folderOf(path))
  }

  async rename(from: string, to: string): Promise<void> {
    const renamed = run<void>('rename', from, done =>
      fs.rename(this.absolute(from), this.absolute(to), error => done(error, undefined)),
    ).then(() => this.#follow(from, to))
    this.#renames.add(renamed)
    try {
      await renamed
    } finally {
      this.#renames.delete(renamed)
    }
  }

  remove(path: string): Promise<void> {
    return run('remove', path, done =>
      fs.unlink(this.absolute(path), error => done(error?.code === 'ENOENT' ? null : error, undefined)),
    )
  }

  createFolder(path: string): Promise<void> {
    return run('create folder', path, done =>
      fs.mkdir(this.absolute(path), { recursive: true }, error => done(error, undefined)),
    )
  }

  removeFolder(path: string): Promise<void> {
    return run('remove folder', path, done =>
      fs.rm(this.absolute(path), { recursive: true, force: true }, error => done(error, undefined)),
    )
  }

  async list(path: string): Promise<FolderEntry[]> {
    const entries = await run<fs.Dirent[]>('list', path, done =>
      fs.readdir(this.absolute(path), { withFileTypes: true }, done),
    )
    return entries
      .map(entry => ({ name: entry.name, isFolder: entry.isDirectory() }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  async syncFolder(path: string): Promise<void> {
    const name = this.absolute(path)
    const fd = await run<number>('open folder', path, done => fs.open(name, 'r', done))
    try {
      await run<void>('sync folder', path, done => fs.fsync(fd, error => done(error, undefined)))
    } finally {
      await run<void>('close', path, done => fs.close(fd, error => done(error ?? null, undefined)))
    }
  }

  async stat(path: string): Promise<{ sizeInBytes: number; modifiedAtMs: number } | undefined> {
    const found = await run<fs.Stats | undefined>('stat', path, done =>
      fs.stat(this.absolute(path), (error, stats) =>
        error?.code === 'ENOENT' ? done(null, undefined) : done(error, stats),
      ),
    )
    return found === undefined ? undefined : { sizeInBytes: found.size, modifiedAtMs: found.mtimeMs }
  }

  async volume(): Promise<Volume> {
    const { blocks, bavail, bsize } = await run<fs.StatsFs>('stat', '', done => fs.statfs(this.#root, done))
    return { totalBytes: blocks * bsize, usableBytes: bavail * bsize }
  }

  absolute(path: string): string {
    return join(this.#root, path)
  }

  register(file: DiskFile): void {
    const folder = folderOf(file.path)
    const files = this.#filesByFolder.get(folder)
    if (files === undefined) this.#filesByFolder.set(folder, new Set([file]))
    else files.add(file)
  }

  unregister(file: DiskFile): void {
    const folder = folderOf(file.path)
    const files = this.#filesByFolder.get(folder)
    files?.delete(file)
    if (files?.size === 0) this.#filesByFolder.delete(folder)
  }

  /** Marks a descriptor as just used; it is the last to be closed. */
  touch(file: DiskFile): void {
    // While there is plenty of room the order does not matter.
    if (this.#open.size * 2 < this.#maxOpenFiles) {
      if (!this.#open.has(file)) this.#open.add(file)
      return
    }
    this.#open.delete(file)
    this.#open.add(file)
    while (this.#open.size > this.#maxOpenFiles && this.evictOne());
  }

  forget(file: DiskFile): void {
    this.#open.delete(file)
  }

  /**
   * Closes one descriptor that no operation uses. Those with unsynced writes go last: the kernel tells a failed
   * write-back to the descriptors that are open, and to the next one only while the file is in its memory.
   * @returns false when all are in use
   */
  evictOne(): boolean {
    let unsynced: DiskFile | undefined
    for (const file of this.#open) {
      if (!file.isIdle) continue
      if (!file.hasUnsyncedWrites) {
        file.detach()
        return true
      }
      unsynced ??= file
    }
    unsynced?.detach()
    return unsynced !== undefined
  }

  /** Resolves when renames that were under way have told their files the new path. */
  async renamesSettled(): Promise<void> {
    await Promise.allSettled(this.#renames)
  }

  #follow(from: string, to: string): void {
    for (const [folder, files] of this.#filesByFolder) {
      if (folder !== folderOf(from) && folder !== from && !folder.startsWith(`${from}/`)) continue
      for (const file of files) {
        if (file.path !== from && !file.path.startsWith(`${from}/`)) continue
        this.unregister(file)
        file.path = to + file.path.slice(from.length)
        this.register(file)
      }
    }
  }
}

class DiskFile implements StoredFile {
  path: string
  readonly #store: DiskFileStore
  #fd: number | undefined
  #attaching: Promise<number> | undefined
  /** Operations that use the descriptor, or wait for it. */
  #userCount = 0
  #isClosed = false
  hasUnsyncedWrites = false

  constructor(store: DiskFileStore, path: string) {
    this.#store = store
    this.path = path
  }

  get isIdle(): boolean {
    return this.#userCount === 0
  }

  read(position: number, target: Uint8Array): Promise<number> {
    return this.#use('read', (fd, done) => readAll(fd, position, target, 0, done))
  }

  write(position: number, buffers: readonly Uint8Array[]): Promise<void> {
    this.hasUnsyncedWrites = true
    return this.#use('write', (fd, done) => writeFrom(fd, position, buffers, done))
  }

  sync(): Promise<void> {
    // Cleared before, not after: a write that comes while the sync runs is not covered by it.
    this.hasUnsyncedWrites = false
    return this.#use('sync', (fd, done) => fs.fdatasync(fd, error => done(error, undefined)))
  }

  truncate(sizeInBytes: number): Promise<void> {
    this.hasUnsyncedWrites = true
    return this.#use('truncate', (fd, done) => fs.ftruncate(fd, sizeInBytes, error => done(error, undefined)))
  }

  size(): Promise<number> {
    return this.#use('stat', (fd, done) => fs.fstat(fd, (error, stats) => done(error, stats?.size)))
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#store.unregister(this)
    if (this.isIdle) this.detach()
  }

  /** Opens the descriptor where it is not open. */
  attach(create: boolean): Promise<number> {
    if (this.#fd !== undefined) return Promise.resolve(this.#fd)
    this.#attaching ??= this.#openDescriptor(create).finally(() => (this.#attaching = undefined))
    return this.#attaching
  }

  /** Closes the descriptor. An error of close says nothing that a sync would not have said. */
  detach(): void {
    this.#store.forget(this)
    if (this.#fd === undefined) return
    const fd = this.#fd
    this.#fd = undefined
    fs.close(fd, () => {})
  }

  async #openDescriptor(create: boolean): Promise<number> {
    const flags = fs.constants.O_RDWR | (create ? fs.constants.O_CREAT : 0)
    for (;;) {
      const path = this.path
      try {
        this.#fd = await run<number>('open', path, done =>
          fs.open(this.#store.absolute(path), flags, 0o644, done),
        )
        this.#store.touch(this)
        return this.#fd
      } catch (error) {
        const { code } = error as StorageError
        if ((code === 'EMFILE' || code === 'ENFILE') && this.#store.evictOne()) continue
        if (code === 'ENOENT') {
          await this.#store.renamesSettled()
          if (this.path !== path) continue
        }
        throw error
      }
    }
  }

  #use<Result>(
    operation: string,
    start: (fd: number, done: (error: NodeJS.ErrnoException | null, result: Result) => void) => void,
  ): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) {
        reject(new StorageError(`cannot ${operation} ${this.path}: the file was closed`))
        return
      }
      this.#userCount++
      const end = () => {
        this.#userCount--
        if (this.#isClosed && this.#userCount === 0) this.detach()
      }
      const begin = (fd: number) =>
        start(fd, (error, result) => {
          end()
          if (error === null) resolve(result)
          else reject(failure(operation, this.path, error))
        })
      if (this.#fd === undefined) {
        this.attach(false).then(begin, (error: unknown) => {
          end()
          reject(error)
        })
        return
      }
      this.#store.touch(this)
      begin(this.#fd)
    })
  }
}

function readAll(
  fd: number,
  position: number,
  target: Uint8Array,
  filled: number,
  done: Callback<number>,
): void {
  if (filled === target.length) {
    done(null, filled)
    return
  }
  fs.read(fd, target, filled, target.length - filled, position + filled, (error, readBytes) => {
    if (error !== null) done(error, filled)
    else if (readBytes === 0) done(null, filled)
    else readAll(fd, position, target, filled + readBytes, done)
  })
}

/** A write may take less than all without an error (a signal, a disk that fills up): go on until one comes. */
function writeFrom(fd: number, position: number, buffers: readonly Uint8Array[], done: Callback<void>): void {
  const onWritten = (error: NodeJS.ErrnoException | null, writtenBytes: number) => {
    if (error !== null) {
      done(error, undefined)
      return
    }
    const rest = withoutFirst(buffers, writtenBytes)
    if (rest.length === 0) done(null, undefined)
    else if (writtenBytes === 0)
      done(Object.assign(new Error('nothing was written'), { code: 'EIO' }), undefined)
    else writeFrom(fd, position + writtenBytes, rest, done)
  }
  if (buffers.length === 1)
    fs.write(fd, buffers[0]!, 0, buffers[0]!.length, position, (error, bytes) => onWritten(error, bytes))
  else fs.writev(fd, buffers, position, (error, bytes) => onWritten(error, bytes ?? 0))
}

function withoutFirst(buffers: readonly Uint8Array[], byteCount: number): Uint8Array[] {
  const rest: Uint8Array[] = []
  let skip = byteCount
  for (const buffer of buffers) {
    if (skip < buffer.length) rest.push(skip === 0 ? buffer : buffer.subarray(skip))
    skip = Math.max(0, skip - buffer.length)
  }
  return rest
}

function writeAll(fd: number, path: string, position: number, buffers: readonly Uint8Array[]): Promise<void> {
  return run('write', path, done => writeFrom(fd, position, buffers, done))
}

function run<Result>(
  operation: string,
  path: string,
  start: (done: Callback<Result>) => void,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    start((error, result) => {
      if (error === null) resolve(result)
      else reject(failure(operation, path, error))
    })
  })
}

function failure(operation: string, path: string, error: NodeJS.ErrnoException): StorageError {
  return new StorageError(
    `cannot ${operation} ${path === '' ? 'the data folder' : path}: ${error.message}`,
    error,
  )
}

function folderOf(path: string): string {
  const folder = dirname(path)
  return folder === '.' ? '' : folder
}
