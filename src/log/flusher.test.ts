import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Deferred } from '#base/deferred.ts'
import { deferred } from '#base/deferred.ts'
import { Flusher } from './flusher.ts'

class FakeLog {
  readonly syncs: Deferred<void>[] = []

  sync(): Promise<void> {
    const sync = deferred<void>()
    this.syncs.push(sync)
    return sync.promise
  }

  async finish(): Promise<void> {
    this.syncs.at(-1)!.resolve()
    await new Promise(resolve => {
      setImmediate(resolve)
    })
  }
}

it('runs at most two syncs at once, and one for all requests that came during another', async () => {
  const flusher = new Flusher()
  const logs = [new FakeLog(), new FakeLog(), new FakeLog()]
  for (const log of logs) flusher.request(log)
  const counts = () => logs.map(log => log.syncs.length)
  assert.deepEqual(counts(), [1, 1, 0])
  flusher.request(logs[0]!)
  flusher.request(logs[0]!)
  await logs[0]!.finish()
  assert.deepEqual(counts(), [1, 1, 1])
  await logs[1]!.finish()
  assert.deepEqual(counts(), [2, 1, 1])
  await logs[0]!.finish()
  assert.deepEqual(counts(), [2, 1, 1])
})

it('does not sync a log that was closed while it waited', async () => {
  const flusher = new Flusher()
  const logs = [new FakeLog(), new FakeLog(), new FakeLog()]
  for (const log of logs) flusher.request(log)
  flusher.forget(logs[2]!)
  await logs[0]!.finish()
  assert.equal(logs[2]!.syncs.length, 0)
})
