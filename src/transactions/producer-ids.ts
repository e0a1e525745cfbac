/**
 * Hands out producer ids, each once in the life of a data folder. Ids are taken in blocks, and a block is
 * durable before its first id is given away, so that a kill never makes an id come back.
 */
import { SerialQueue } from '#base/serial.ts'
import type { MetadataStore } from '#storage/metadata-store.ts'

/** As Kafka's ProducerIdsBlock.PRODUCER_ID_BLOCK_SIZE. */
const blockSize = 1000

export class ProducerIds {
  #store: MetadataStore
  #queue = new SerialQueue()
  #next: number
  #blockEnd: number

  /** @param nextProducerId first id of no block yet: the stored setting, 0 in a new folder */
  constructor(store: MetadataStore, nextProducerId: number) {
    this.#store = store
    this.#next = nextProducerId
    this.#blockEnd = nextProducerId
  }

  /** @throws StorageError when a new block could not be made durable */
  next(): Promise<number> {
    return this.#queue.run(async () => {
      if (this.#next === this.#blockEnd) {
        const blockEnd = this.#blockEnd + blockSize
        await this.#store.commit([{ type: 'setSetting', setting: 'nextProducerId', value: String(blockEnd) }])
        this.#blockEnd = blockEnd
      }
      return this.#next++
    })
  }
}
