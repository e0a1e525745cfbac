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
  const value = randomBytes(450_000).toString('hex')
  await withProducer(producer => producer.send({ messages: [{ topic, value }] }))
  const [message] = await read(topic, 1)
  assert.ok(String(message?.value) === value, 'the same bytes')
}

async function many(): Promise<void> {
  const topic = await newTopic(1)
  await withProducer(async producer => {
    for (let i = 0; i < 10_000; i += 500) {
      const messages = Array.from({ length: 500 }, (_, j) => ({ topic, value: `v-${i + j}` }))
      await producer.send({ messages })
    }
  })
  const messages = await read(topic, 10_000)
  assert.equal(messages.length, 10_000)
  for (const [i, message] of messages.entries()) {
    assert.equal(message.offset, BigInt(i))
    assert.equal(String(message.value), `v-${i}`)
  }
}

async function tooLarge(): Promise<void> {
  const limited = await newTopic(1, { 'max.message.bytes': '20000' })
  const topic = await newTopic(1)
  await withProducer(async producer => {
    const send = (to: string, value: string) => producer.send({ messages: [{ topic: to, value }] })
    await send(limited, 'first')
    await fails('MESSAGE_TOO_LARGE', () => send(limited, 'x'.repeat(30_000)))
    await send(limited, 'second')
    await fails('MESSAGE_TOO_LARGE', () => send(topic, 'x'.repeat(1_200_000)))
    await send(topic, 'first')
  })
  const kept = await read(limited, 2)
  assert.deepEqual(
    kept.map(each => String(each.value)),
    ['first', 'second'],
  )
  assert.equal((await read(topic, 1)).length, 1)
}
