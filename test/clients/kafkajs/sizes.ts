// Large records, many small ones, and records that are too large.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { check, fails } from '../shared/checks.ts'
import { newTopic, read, withProducer } from './broker.ts'

export async function sizeChecks(): Promise<void> {
  await check('large record', large)
  await check('10,000 records in order', many)
  await check('record over max.message.bytes', tooLarge)
}

async function large(): Promise<void> {
  const topic = await newTopic(1)
  const value = randomBytes(900_000)
  await withProducer({}, producer => producer.send({ topic, messages: [{ value }] }))
  const [record] = await read(topic, 1)
  assert.ok(record?.message.value?.equals(value), 'the same bytes')
}

async function many(): Promise<void> {
  const topic = await newTopic(1)
  await withProducer({}, async producer => {
    for (let i = 0; i < 10_000; i += 500) {
      const messages = Array.from({ length: 500 }, (_, j) => ({ value: `v-${i + j}` }))
      await producer.send({ topic, messages })
    }
  })
  const records = await read(topic, 10_000)
  assert.equal(records.length, 10_000)
  for (const [i, { message }] of records.entries()) {
    assert.equal(message.offset, String(i))
    assert.equal(String(message.value), `v-${i}`)
  }
}

async function tooLarge(): Promise<void> {
  const limited = await newTopic(1, { 'max.message.bytes': '20000' })
  const topic = await newTopic(1)
  await withProducer({ retry: { retries: 0 } }, async producer => {
    const send = (to: string, value: string | Buffer) => producer.send({ topic: to, messages: [{ value }] })
    await send(limited, 'first')
    await fails('MESSAGE_TOO_LARGE', () => send(limited, randomBytes(30_000)))
    await send(limited, 'second')
    await fails('MESSAGE_TOO_LARGE', () => send(topic, randomBytes(1_200_000)))
    await send(topic, 'first')
  })
  const kept = await read(limited, 2)
  assert.deepEqual(
    kept.map(each => String(each.message.value)),
    ['first', 'second'],
  )
  assert.equal((await read(topic, 1)).length, 1)
}
