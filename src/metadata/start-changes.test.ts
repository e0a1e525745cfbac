import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SeededRandom } from '#base/random.ts'
import { MemoryMetadataStore } from '#storage/memory-metadata-store.ts'
import { BrokerConfig } from './broker-config.ts'
import { afterStart, startChanges } from './start-changes.ts'

const topicId = 'AbCdEfGhIjKlMnOpQrStUw'

for (const wasUnclean of [false, true]) {
  test(`what follows from a start is what a store has then, ${wasUnclean ? 'unclean' : 'orderly'}`, async () => {
    const store = new MemoryMetadataStore()
    for (const _round of [1, 2]) {
      const rows = await store.load()
      const options = { config: BrokerConfig.resolve(), random: new SeededRandom(1), wasUnclean }
      const changes = startChanges(rows, options)
      await store.commit(changes)
      assert.deepEqual(afterStart(rows, changes), await store.load())
      // What the next round starts from; its config of one broker has to go.
      await store.commit([
        { type: 'putTopic', topic: { topicId, name: 't', partitionCount: 2, leaderEpoch: 3 } },
        { type: 'putConfig', resource: 'topic', name: 't', key: 'retention.ms', value: '5' },
        { type: 'putConfig', resource: 'broker', name: '1', key: 'min.insync.replicas', value: '2' },
      ])
    }
    const { configs, topics } = await store.load()
    assert.equal(configs.length, 3)
    assert.equal(topics[0]!.leaderEpoch, 3)
  })
}
