/**
 * Files as a port. Two forms: disk-file-store.ts over node:fs, memory-file-store.ts in RAM with faults and
 * crashes on demand. Paths are relative to the store's root and use '/'.
 *
 * Every method throws StorageError. `code` ENOENT says that a path does not exist, ENOSPC that there is no room.
 */
export interface FileStore {
  /** Where the files are, as people and clients are told: the absolute path of the root, or `memory`. */
  readonly location: string
  /** Opens a file for reading and writing at positions; created empty when it does not exist and `create` is set. */
  open(path: string, options?: { create?: boolean }): Promise<StoredFile>
  /** The whole file. */
  read(path: string): Promise<Buffer>
  /** Replaces the file in one step: written under a temporary name, synced, renamed, folder synced. */
  replace(path: string, bytes: Uint8Array): Promise<void>
  rename(from: string, to: string): Promise<void>
  /** Removes a file; no error when it does not exist. */
  remove(path: string): Promise<void>
  /** Creates a folder and those above it; no error when it exists. */
  createFolder(path: string): Promise<void>
  /** Removes a folder with all in it; no error when it does not exist. */
  removeFolder(path: string): Promise<void>
  /** Names in a folder, sorted. '' is the root. */
  list(path: string): Promise<FolderEntry[]>
  /** Makes creations, renames and removals in a folder durable. */
  syncFolder(path: string): Promise<void>
  /** Size and modification time, or undefined when there is no such file. */
  stat(path: string): Promise<{ sizeInBytes: number; modifiedAtMs: number } | undefined>
  /** What it lies on, where the platform tells. */
  volume(): Promise<Volume | undefined>
}

/** The file system below a store. */
export interface Volume {
  readonly totalBytes: number
  /** Bytes that can still be written. */
  readonly usableBytes: number
}

export interface FolderEntry {
  readonly name: string
  readonly isFolder: boolean
}

export interface StoredFile {
  readonly path: string
  /** Fills as much of `target` as the file has from `position` on; returns the number of bytes read. */
  read(position: number, target: Uint8Array): Promise<number>
  /** Writes all buffers one after the other from `position` on. When it throws, any part may be written. */
  write(position: number, buffers: readonly Uint8Array[]): Promise<void>
  /** Makes everything written so far durable. After a failure the file's contents are unknown. */
  sync(): Promise<void>
  truncate(sizeInBytes: number): Promise<void>
  /** Current size in bytes. */
  size(): Promise<number>
  /** Idempotent. The descriptor may be closed and reopened behind this object at any time before. */
  close(): Promise<void>
}
