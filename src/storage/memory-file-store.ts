/**
 * FileStore in RAM: the storage of `--memory`, and the disk of tests. A test can make operations fail, limit the
 * space, and crash: what was not synced is then lost, kept or torn, as a real disk may do it.
 *
 * The model of a crash. Contents: every page written since the file's last sync is old or new, the size is anything
 * between old and new. Names: of the creations, renames and removals in a folder since its last sync a prefix has
 * happened (file systems keep them in order in their journal).
 */
import type { Random } from '#base/random.ts'
import type { FileStore, FolderEntry, StoredFile, Volume } from './file-store.ts'
import { MemoryBytes } from './memory-bytes.ts'
import { StorageError } from './storage-error.ts'

export interface MemoryFileStoreOptions {
  /** Remember what is synced, so that `crash` can be called. Costs a copy of what is unsynced. */
  readonly crashable?: boolean
  /** Writes beyond this many bytes in all files fail with ENOSPC. */
  readonly capacityBytes?: number
  /** Awaited before every operation: lets a test interleave them. */
  readonly pause?: () => Promise<void>
}

export type FileOperation =
  | 'open'
  | 'read'
  | 'write'
  | 'sync'
  | 'truncate'
  | 'rename'
  | 'remove'
  | 'list'
  | 'createFolder'
  | 'removeFolder'
  | 'syncFolder'
  | 'volume'

/** One operation that will fail. */
export interface Fault {
  readonly operation: FileOperation
  /** Only paths that contain this. */
  readonly path?: string
  /** Operations that still succeed before; default 0. */
  readonly after?: number
  /** Operations that fail; default 1. */
  readonly times?: number
  /** The operating system's code, such as EIO. */
  readonly code: string
  /** Of a failing write: bytes that are written before it fails. */
  readonly writtenBytes?: number
}

type Folder = Map<string, MemoryBytes>
type NameChange =
  | { readonly type: 'put'; readonly name: string; readonly bytes: MemoryBytes }
  | { readonly type: 'remove'; readonly name: string }
  | { readonly type: 'rename'; readonly from: string; readonly to: string }

export class MemoryFileStore implements FileStore {
  readonly location = 'memory'
  readonly #crashable: boolean
  /** Files by folder; the root is ''. Folders are few levels deep, so a flat map will do. */
  #folders = new Map<string, Folder>([['', new Map()]])
  #durableFolders = new Map<string, Folder>([['', new Map()]])
  /** Unsynced changes of names, by folder. Creations and removals of folders count as durable at once. */
  #changes = new Map<string, NameChange[]>()
  #faults: { fault: Fault; seen: number; failed: number }[] = []
  #usedBytes = 0
  #isDead = false
  readonly #options: MemoryFileStoreOptions
  /** Operations done, by kind. */
  readonly counts = new Map<FileOperation, number>()
  capacityBytes: number

  constructor(options: MemoryFileStoreOptions = {}) {
    this.#options = options
    this.#crashable = options.crashable === true
    this.capacityBytes = options.capacityBytes ?? Number.POSITIVE_INFINITY
  }

  get usedBytes(): number {
    return this.#usedBytes
  }

  fail(fault: Fault): void {
    this.#faults.push({ fault, seen: 0, failed: 0 })
  }

  clearFaults(): void {
    this.#faults = []
  }

  async open(path: string, options: { create?: boolean } = {}): Promise<StoredFile> {
    await this.check('open', path)
    const folder = this.#folderOf(path, 'open')
    const name = nameOf(path)
    let bytes = folder.get(name)
    if (bytes === undefined) {
      if (options.create !== true) throw missing('open', path)
      bytes = new MemoryBytes(this.#crashable)
      folder.set(name, bytes)
      this.#changed(folderOf(path), { type: 'put', name, bytes })
    }
    return new MemoryFile(this, path, bytes)
  }

  async read(path: string): Promise<Buffer> {
    await this.check('read', path)
    const bytes = this.#find(path, 'read')
    const target = Buffer.alloc(bytes.sizeInBytes)
    bytes.read(0, target)
    return target
  }

  async replace(path: string, content: Uint8Array): Promise<void> {
    const temporary = `${path}.tmp`
    const file = await this.open(temporary, { create: true })
    await file.truncate(0)
    await file.write(0, [content])
    await file.sync()
    await file.close()
    await this.rename(temporary, path)
    await this.syncFolder(folderOf(path))
  }

  async rename(from: string, to: string): Promise<void> {
    await this.check('rename', from)
    if (this.#folders.has(from)) {
      moveFolder(this.#folders, from, to)
      moveFolder(this.#durableFolders, from, to)
      moveFolder(this.#changes, from, to)
      return
    }
    const bytes = this.#find(from, 'rename')
    const folder = this.#folderOf(to, 'rename')
    this.#release(folder.get(nameOf(to)))
    this.#folderOf(from, 'rename').delete(nameOf(from))
    folder.set(nameOf(to), bytes)
    this.#changed(folderOf(from), { type: 'rename', from: nameOf(from), to: nameOf(to) })
  }

  async remove(path: string): Promise<void> {
    await this.check('remove', path)
    const folder = this.#folders.get(folderOf(path))
    const bytes = folder?.get(nameOf(path))
    if (folder === undefined || bytes === undefined) return
    folder.delete(nameOf(path))
    this.#release(bytes)
    this.#changed(folderOf(path), { type: 'remove', name: nameOf(path) })
  }

  async createFolder(path: string): Promise<void> {
    await this.check('createFolder', path)
    for (let folder = path; folder !== ''; folder = folderOf(folder)) {
      if (!this.#folders.has(folder)) this.#folders.set(folder, new Map())
      if (!this.#durableFolders.has(folder)) this.#durableFolders.set(folder, new Map())
    }
  }

  async removeFolder(path: string): Promise<void> {
    await this.check('removeFolder', path)
    for (const [folder, files] of this.#folders) {
      if (folder !== path && !folder.startsWith(`${path}/`)) continue
      for (const bytes of files.values()) this.#release(bytes)
      this.#folders.delete(folder)
      this.#durableFolders.delete(folder)
      this.#changes.delete(folder)
    }
  }

  async list(path: string): Promise<FolderEntry[]> {
    await this.check('list', path)
    const files = this.#folders.get(path)
    if (files === undefined) throw missing('list', path)
    const entries = [...files.keys()].map(name => ({ name, isFolder: false }))
    for (const folder of this.#folders.keys())
      if (folder !== '' && folderOf(folder) === path) entries.push({ name: nameOf(folder), isFolder: true })
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  async syncFolder(path: string): Promise<void> {
    await this.check('syncFolder', path)
    const files = this.#folders.get(path)
    if (files === undefined) throw missing('sync', path)
    if (!this.#crashable) return
    this.#durableFolders.set(path, new Map(files))
    this.#changes.delete(path)
  }

  async stat(path: string): Promise<{ sizeInBytes: number; modifiedAtMs: number } | undefined> {
    const bytes = this.#folders.get(folderOf(path))?.get(nameOf(path))
    return bytes === undefined ? undefined : { sizeInBytes: bytes.sizeInBytes, modifiedAtMs: 0 }
  }

  async volume(): Promise<Volume | undefined> {
    await this.check('volume', '')
    if (!Number.isFinite(this.capacityBytes)) return undefined
    return {
      totalBytes: this.capacityBytes,
      usableBytes: Math.max(0, this.capacityBytes - this.#usedBytes),
    }
  }

  /**
   * The power fails: this store and its files are dead. Call it at the start of a turn of the event loop, when no
   * operation is half done. @returns a store with what a disk would have
   */
  crash(random: Random): MemoryFileStore {
    this.#isDead = true
    const survivor = new MemoryFileStore(this.#options)
    survivor.capacityBytes = this.capacityBytes
    for (const [path, files] of this.#durableFolders) {
      const changes = this.#changes.get(path) ?? []
      for (const change of changes.slice(0, random.below(changes.length + 1))) applyChange(files, change)
    }
    for (const [path, files] of this.#durableFolders) {
      survivor.#folders.set(path, new Map(files))
      survivor.#durableFolders.set(path, files)
      for (const bytes of files.values()) {
        bytes.crash(random)
        survivor.#usedBytes += bytes.sizeInBytes
      }
    }
    return survivor
  }

  /**
   * The process is killed: this store and its files are dead, and the operating system has all that was done, synced
   * or not. @returns a store with that; a later crash may still lose what was not synced
   */
  kill(): MemoryFileStore {
    this.#isDead = true
    const survivor = new MemoryFileStore(this.#options)
    survivor.capacityBytes = this.capacityBytes
    survivor.#folders = this.#folders
    survivor.#durableFolders = this.#durableFolders
    survivor.#changes = this.#changes
    survivor.#usedBytes = this.#usedBytes
    return survivor
  }

  /** Counts an operation and throws where a fault was ordered. */
  async check(operation: FileOperation, path: string): Promise<void> {
    const fault = await this.takeFault(operation, path)
    if (fault !== undefined) throw faultError(operation, path, fault.code)
  }

  /** The same, where the operation itself has to know of the fault. */
  async takeFault(operation: FileOperation, path: string): Promise<Fault | undefined> {
    await this.#options.pause?.()
    if (this.#isDead) throw new StorageError(`cannot ${operation} ${path}: the store has crashed`)
    this.counts.set(operation, (this.counts.get(operation) ?? 0) + 1)
    for (const armed of this.#faults) {
      const { fault } = armed
      if (fault.operation !== operation) continue
      if (fault.path !== undefined && !path.includes(fault.path)) continue
      if (armed.seen++ < (fault.after ?? 0)) continue
      if (++armed.failed >= (fault.times ?? 1)) this.#faults.splice(this.#faults.indexOf(armed), 1)
      return fault
    }
    return undefined
  }

  /** Takes room for a file that grows. @returns bytes that there is no room for */
  grow(byteCount: number): number {
    const missingBytes = Math.max(0, this.#usedBytes + byteCount - this.capacityBytes)
    this.#usedBytes += byteCount - missingBytes
    return missingBytes
  }

  shrink(byteCount: number): void {
    this.#usedBytes -= byteCount
  }

  #changed(folder: string, change: NameChange): void {
    if (!this.#crashable) return
    const changes = this.#changes.get(folder)
    if (changes === undefined) this.#changes.set(folder, [change])
    else changes.push(change)
  }

  #release(bytes: MemoryBytes | undefined): void {
    if (bytes !== undefined) this.#usedBytes -= bytes.sizeInBytes
  }

  #folderOf(path: string, operation: string): Folder {
    const folder = this.#folders.get(folderOf(path))
    if (folder === undefined) throw missing(operation, path)
    return folder
  }

  #find(path: string, operation: string): MemoryBytes {
    const bytes = this.#folderOf(path, operation).get(nameOf(path))
    if (bytes === undefined) throw missing(operation, path)
    return bytes
  }
}

class MemoryFile implements StoredFile {
  readonly path: string
  readonly #store: MemoryFileStore
  readonly #bytes: MemoryBytes
  #isClosed = false

  constructor(store: MemoryFileStore, path: string, bytes: MemoryBytes) {
    this.#store = store
    this.path = path
    this.#bytes = bytes
  }

  async read(position: number, target: Uint8Array): Promise<number> {
    await this.#begin('read')
    return this.#bytes.read(position, target)
  }

  async write(position: number, buffers: readonly Uint8Array[]): Promise<void> {
    this.#assertOpen('write')
    const fault = await this.#store.takeFault('write', this.path)
    let byteCount = buffers.reduce((sum, buffer) => sum + buffer.length, 0)
    let code = fault?.code
    if (fault !== undefined) byteCount = Math.min(byteCount, fault.writtenBytes ?? 0)
    const growth = Math.max(0, position + byteCount - this.#bytes.sizeInBytes)
    const missingBytes = this.#store.grow(growth)
    if (missingBytes > 0) {
      byteCount -= missingBytes
      code ??= 'ENOSPC'
    }
    this.#bytes.write(position, buffers, byteCount)
    if (code !== undefined) throw faultError('write', this.path, code)
  }

  async sync(): Promise<void> {
    await this.#begin('sync')
    this.#bytes.sync()
  }

  async truncate(sizeInBytes: number): Promise<void> {
    await this.#begin('truncate')
    const before = this.#bytes.sizeInBytes
    this.#bytes.truncate(sizeInBytes)
    this.#store.shrink(before - this.#bytes.sizeInBytes)
  }

  async size(): Promise<number> {
    this.#assertOpen('stat')
    return this.#bytes.sizeInBytes
  }

  async close(): Promise<void> {
    this.#isClosed = true
  }

  #begin(operation: FileOperation): Promise<void> {
    this.#assertOpen(operation)
    return this.#store.check(operation, this.path)
  }

  #assertOpen(operation: string): void {
    if (this.#isClosed) throw new StorageError(`cannot ${operation} ${this.path}: the file was closed`)
  }
}

function applyChange(files: Folder, change: NameChange): void {
  if (change.type === 'put') files.set(change.name, change.bytes)
  else if (change.type === 'remove') files.delete(change.name)
  else {
    const bytes = files.get(change.from)
    files.delete(change.from)
    if (bytes !== undefined) files.set(change.to, bytes)
  }
}

function moveFolder<Value>(folders: Map<string, Value>, from: string, to: string): void {
  for (const [path, value] of Array.from(folders)) {
    if (path !== from && !path.startsWith(`${from}/`)) continue
    folders.delete(path)
    folders.set(to + path.slice(from.length), value)
  }
}

function missing(operation: string, path: string): StorageError {
  return faultError(operation, path, 'ENOENT')
}

function faultError(operation: string, path: string, code: string): StorageError {
  return new StorageError(`cannot ${operation} ${path}: ${code}`, Object.assign(new Error(code), { code }))
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '' : path.slice(0, slash)
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
