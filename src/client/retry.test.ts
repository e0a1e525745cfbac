import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '#base/clock.ts'
import { SeededRandom } from '#base/random.ts'
import { ConnectionError, KafkaError } from './client-error.ts'
import { backoffMs, withRetries } from './retry.ts'

const passing = new KafkaError('NOT_COORDINATOR', 'group')
const final = new KafkaError('INVALID_TOPIC_EXCEPTION', 'topic')

test('pauses double up to a second, with a fifth of jitter', () => {
  const random = new SeededRandom(1)
  for (const [attempt, expectedMs] of [100, 200, 400, 800, 1000, 1000].entries()) {
    for (let round = 0; round < 50; round++) {
      const pauseMs = backoffMs(attempt + 1, random)
      assert.ok(pauseMs >= expectedMs * 0.8 && pauseMs <= expectedMs * 1.2, `${pauseMs} for ${expectedMs}`)
    }
  }
})

test('tries again what passes', async () => {
  const clock = new FakeClock()
  const errors = [passing, new ConnectionError('broken')]
  const seen: unknown[] = []
  const result = withRetries(
    { clock, random: new SeededRandom(1) },
    { withinMs: 10_000, onRetry: error => seen.push(error) },
    async () => {
      const error = errors.shift()
      if (error !== undefined) throw error
      return 'done'
    },
  )
  await clock.advance(1000)
  assert.equal(await result, 'done')
  assert.equal(seen.length, 2)
})

test('does not try again what no second try cures', async () => {
  let tries = 0
  const ports = { clock: new FakeClock(), random: new SeededRandom(1) }
  const attempt = async (): Promise<never> => {
    tries++
    throw final
  }
  await assert.rejects(withRetries(ports, { withinMs: 10_000 }, attempt), final)
  assert.equal(tries, 1)
})

test('gives up at the deadline, with the last error', async () => {
  const clock = new FakeClock()
  let tries = 0
  const rejected = assert.rejects(
    withRetries({ clock, random: new SeededRandom(1) }, { withinMs: 5000 }, async () => {
      tries++
      throw passing
    }),
    passing,
  )
  await clock.advance(10_000)
  await rejected
  // 100, 200, 400 and 800 ms, then seconds: eight tries fit, give or take the jitter.
  assert.ok(tries >= 7 && tries <= 9, `${tries} tries`)
})
