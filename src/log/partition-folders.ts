/**
 * The folders of partitions in the data root: which belong to a topic that exists, which are left over. Rows decide:
 * a folder without a row goes, a row without its folder is a fault. Must not open logs.
 */
import type { Logger } from '#base/logger.ts'
import type { Random } from '#base/random.ts'
import { randomUuid } from '#base/random.ts'
import type { FileStore } from '#storage/file-store.ts'
import { parsePartitionFolder, partitionFolder, segmentFileName } from '#storage/segment-names.ts'
import type { StorageError } from '#storage/storage-error.ts'

const metadataFile = 'partition.metadata'
const deletedSuffix = '-delete'
/** Longest file name that common file systems take. */
const maxNameBytes = 255

export interface ExpectedTopic {
  readonly name: string
  readonly topicId: string
  readonly partitionCount: number
}

export class PartitionFolders {
  readonly #files: FileStore
  readonly #random: Random
  readonly #logger: Logger

  constructor(files: FileStore, random: Random, logger: Logger) {
    this.#files = files
    this.#random = random
    this.#logger = logger
  }

  /**
   * Looks through the data root, and removes what belongs to no topic.
   * @returns folders of existing partitions, by name
   */
  async findAndClean(topics: readonly ExpectedTopic[]): Promise<Set<string>> {
    const expected = new Map(topics.map(topic => [topic.name, topic]))
    const found = new Set<string>()
    for (const { name, isFolder } of await this.#files.list('')) {
      if (!isFolder) continue
      const partition = parsePartitionFolder(name)
      if (name.endsWith(deletedSuffix)) await this.#removeLeftover(name, 'its topic was deleted')
      else if (partition === undefined) continue
      else {
        const reason = await this.#strayReason(name, expected.get(partition.topic), partition.partition)
        if (reason === undefined) found.add(name)
        else await this.#removeLeftover(name, reason)
      }
    }
    return found
  }

  async #strayReason(
    folder: string,
    topic: ExpectedTopic | undefined,
    partition: number,
  ): Promise<string | undefined> {
    const topicId = await this.readTopicId(folder)
    if (topic === undefined || partition >= topic.partitionCount) {
      // A folder that is not a partition's is none of our business, whatever its name looks like.
      const isPartition = topicId !== undefined || (await this.#holdsLog(folder))
      return isPartition ? 'no topic has it' : undefined
    }
    return topicId === topic.topicId || topicId === undefined
      ? undefined
      : 'it is of an earlier topic of that name'
  }

  async #holdsLog(folder: string): Promise<boolean> {
    const entries = await this.#files.list(folder)
    return entries.some(entry => entry.name.endsWith('.log') || entry.name === metadataFile)
  }

  async #removeLeftover(folder: string, reason: string): Promise<void> {
    this.#logger.info('Removed a left-over folder', { folder, reason })
    await this.#files.removeFolder(folder)
  }

  /** @returns undefined when the file is missing or is no metadata */
  async readTopicId(folder: string): Promise<string | undefined> {
    try {
      const text = (await this.#files.read(`${folder}/${metadataFile}`)).toString()
      return /^version: 0\ntopic_id: ([\w-]{22})\n?$/.exec(text)?.[1]
    } catch (error) {
      if ((error as StorageError).code === 'ENOENT') return undefined
      throw error
    }
  }

  /** Makes the folder of a new, empty partition. Its name is durable after a sync of the root. */
  async create(topic: string, topicId: string, partition: number): Promise<void> {
    const folder = partitionFolder(topic, partition)
    await this.#files.createFolder(folder)
    if ((await this.#files.list(folder)).length > 0) {
      // Left by a topic of this name: its records must not come back.
      await this.#files.removeFolder(await this.markDeleted(folder))
      await this.#files.createFolder(folder)
    }
    const metadata = await this.#files.open(`${folder}/${metadataFile}`, { create: true })
    await metadata.write(0, [Buffer.from(`version: 0\ntopic_id: ${topicId}\n`)])
    await metadata.sync()
    await metadata.close()
    const log = await this.#files.open(`${folder}/${segmentFileName(0, 'log')}`, { create: true })
    await log.close()
    await this.#files.syncFolder(folder)
  }

  /** Renames a folder so that no start takes it for a partition. @returns its new name */
  async markDeleted(folder: string): Promise<string> {
    const suffix = `.${randomUuid(this.#random).replaceAll(/[^A-Za-z0-9]/g, '0')}${deletedSuffix}`
    const deleted = folder.slice(0, maxNameBytes - suffix.length) + suffix
    await this.#files.rename(folder, deleted)
    return deleted
  }

  remove(folder: string): Promise<void> {
    return this.#files.removeFolder(folder)
  }

  syncRoot(): Promise<void> {
    return this.#files.syncFolder('')
  }
}
