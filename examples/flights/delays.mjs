// Service 1, in JavaScript: how late do flights arrive, by airport?
//
//   GROUP (default example-flights.delays) names the consumer group: services with the same name share the work.
//   STATE (default run/delays) is the folder for the totals, a file per partition.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { topic } from './flights.mjs'
import { connect } from './kafka.mjs'

const groupId = process.env.GROUP ?? `${topic}.delays`
const folder = process.env.STATE ?? 'run/delays'
mkdirSync(folder, { recursive: true })

// What is known of each partition: the totals, and the offset of the first event that is not in them yet.
// Both are in one file, so that after a crash they still belong together.
const partitions = new Map()

function stateOf(partition) {
  let state = partitions.get(partition)
  if (state === undefined) {
    try {
      state = JSON.parse(readFileSync(join(folder, `${partition}.json`), 'utf8'))
    } catch (error) {
      if (error.code !== 'ENOENT') throw error
      state = { nextOffset: 0, airports: {} }
    }
    partitions.set(partition, state)
  }
  return state
}

function save(partition) {
  const path = join(folder, `${partition}.json`)
  writeFileSync(`${path}.new`, JSON.stringify(stateOf(partition)))
  renameSync(`${path}.new`, path)
}

function count(airports, { key, value, headers }) {
  if (headers.type.toString() !== 'arrival') return
  const airport = (airports[key.toString()] ??= { arrivals: 0, delay: 0 })
  airport.arrivals++
  airport.delay += JSON.parse(value.toString()).delay
}

const consumer = connect('delays').consumer({ groupId, sessionTimeout: 6000, heartbeatInterval: 1000 })

consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
  // Another member of the group may have worked on a partition meanwhile: read its totals again.
  partitions.clear()
  const mine = (payload.memberAssignment[topic] ?? []).toSorted((a, b) => a - b)
  console.log(`in the group, with partitions ${mine.join(' ') || '(none)'}`)
  for (const partition of mine) {
    const { nextOffset } = stateOf(partition)
    if (nextOffset > 0) console.log(`partition ${partition}: goes on at offset ${nextOffset}`)
  }
})

await consumer.connect()
await consumer.subscribe({ topic, fromBeginning: true })
await consumer.run({
  // First the totals are saved; the group's offset is committed when this function has returned. After a crash in
  // between, the same events come once more, and nextOffset tells that they have been counted.
  eachBatch: async ({ batch }) => {
    const state = stateOf(batch.partition)
    for (const message of batch.messages) {
      if (Number(message.offset) < state.nextOffset) continue
      count(state.airports, message)
      state.nextOffset = Number(message.offset) + 1
    }
    save(batch.partition)
  },
})

for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => void consumer.disconnect())
