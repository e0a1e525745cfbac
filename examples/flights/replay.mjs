// A service that comes late: it starts in the middle of what has been, at midnight of the day it is given, and tells
// that day's latest arrivals. The topic still has every event; nothing had to be prepared for this.
//
//   node replay.mjs 2001-02-14
import { fileURLToPath } from 'node:url'

import { partitionCount, topic } from './flights.mjs'
import { connect } from './kafka.mjs'

const dayMs = 24 * 60 * 60_000

/** @param {string} day YYYY-MM-DD  @returns the day's arrivals, the latest first */
export async function replay(kafka, day) {
  const fromMs = Date.parse(`${day}T00:00:00Z`)
  if (Number.isNaN(fromMs)) throw new Error(`${day} is no day: write it as 2001-02-14`)
  const admin = kafka.admin()
  const consumer = kafka.consumer({ groupId: `${topic}.replay` })
  try {
    await admin.connect()
    const first = await admin.fetchTopicOffsetsByTimestamp(topic, fromMs)
    const afterLast = await admin.fetchTopicOffsetsByTimestamp(topic, fromMs + dayMs)
    const ends = new Map(afterLast.map(({ partition, offset }) => [partition, Number(offset)]))
    const open = new Set(first.filter(p => Number(p.offset) < ends.get(p.partition)).map(p => p.partition))
    const arrivals = []
    if (open.size === 0) return arrivals

    await consumer.connect()
    await consumer.subscribe({ topic })
    await new Promise((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
      consumer
        .run({
          autoCommit: false,
          eachMessage: async ({ partition, message }) => {
            const { headers, key, timestamp, value, offset } = message
            if (
              open.has(partition) &&
              headers.type.toString() === 'arrival' &&
              Number(offset) < ends.get(partition)
            )
              arrivals.push({
                airport: key.toString(),
                timeMs: Number(timestamp),
                ...JSON.parse(value.toString()),
              })
            if (Number(offset) + 1 >= ends.get(partition)) open.delete(partition)
            if (open.size === 0) resolve()
          },
        })
        .catch(reject)
      for (let partition = 0; partition < partitionCount; partition++)
        consumer.seek({ topic, partition, offset: first.find(p => p.partition === partition).offset })
    })
    return arrivals.sort((a, b) => b.delay - a.delay)
  } finally {
    await consumer.disconnect()
    await admin.disconnect()
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const day = process.argv[2] ?? '2001-02-14'
  const arrivals = await replay(connect('replay'), day)
  console.log(`${arrivals.length} flights arrived on ${day}. The latest:`)
  for (const { timeMs, from, to, delay } of arrivals.slice(0, 10))
    console.log(`  ${new Date(timeMs).toISOString().slice(11, 16)}  ${from} -> ${to}  ${delay} minutes late`)
}
