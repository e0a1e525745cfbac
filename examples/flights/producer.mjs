// Publishes the events. It knows the topic and nothing of who reads it.
import { CompressionTypes, Partitioners } from 'kafkajs'

import { topic } from './flights.mjs'

const batchSize = 500

/** @param {(published: number) => Promise<void>} [afterBatch] may hold the producer back */
export async function publish(kafka, events, afterBatch) {
  const producer = kafka.producer({
    // Idempotent: a batch that is sent twice, because an answer was lost, is stored once.
    idempotent: true,
    createPartitioner: Partitioners.DefaultPartitioner,
  })
  await producer.connect()
  try {
    for (let start = 0; start < events.length; start += batchSize) {
      const batch = events.slice(start, start + batchSize)
      await producer.send({
        topic,
        acks: -1,
        compression: CompressionTypes.GZIP,
        messages: batch.map(({ type, airport, timeMs, value }) => ({
          key: airport,
          value: JSON.stringify(value),
          timestamp: String(timeMs),
          headers: { type },
        })),
      })
      await afterBatch?.(start + batch.length)
    }
  } finally {
    await producer.disconnect()
  }
}
