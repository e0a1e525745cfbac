import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { incrementSequence } from '#protocol/record-batch.ts'
import { CorruptSnapshotError, decodeProducerSnapshot, encodeProducerSnapshot } from './producer-snapshot.ts'
import { type ProducerBatch, ProducerState, type ProducerVerdict } from './producer-state.ts'

const maxSequence = 2 ** 31 - 1
const nowMs = 1_764_000_000_000
const dayMs = 86_400_000

function batch(fields: Partial<ProducerBatch> & { count?: number } = {}): ProducerBatch {
  const { count = 1, ...rest } = fields
  const baseSequence = fields.baseSequence ?? 0
  return {
    producerId: 1,
    producerEpoch: 0,
    baseSequence,
    lastSequence: incrementSequence(baseSequence, count - 1),
    lastOffsetDelta: count - 1,
    maxTimestamp: nowMs,
    isTransactional: false,
    ...rest,
  }
}

function short(verdict: ProducerVerdict): string | number {
  if (verdict.kind === 'duplicate') return verdict.baseOffset
  return verdict.kind === 'refused' ? verdict.error : 'new'
}

/** Checks and, where it is new, appends. */
function send(state: ProducerState, offset: number, fields: Parameters<typeof batch>[0]) {
  const sent = batch(fields)
  const verdict = state.check(sent)
  if (verdict.kind === 'new') state.apply(sent, offset)
  return short(verdict)
}

test('batches follow on each other; the last five are answered with their offset', () => {
  const state = new ProducerState(dayMs)
  for (let index = 0; index < 7; index++) {
    assert.equal(send(state, 100 + 10 * index, { baseSequence: 10 * index, count: 10 }), 'new')
  }
  assert.equal(send(state, 0, { baseSequence: 60, count: 10 }), 160)
  assert.equal(send(state, 0, { baseSequence: 20, count: 10 }), 120)
  assert.equal(send(state, 0, { baseSequence: 10, count: 10 }), 'OUT_OF_ORDER_SEQUENCE_NUMBER')
  assert.equal(send(state, 0, { baseSequence: 60, count: 9 }), 'OUT_OF_ORDER_SEQUENCE_NUMBER')
  assert.equal(send(state, 0, { baseSequence: 80, count: 10 }), 'OUT_OF_ORDER_SEQUENCE_NUMBER')
  assert.equal(send(state, 170, { baseSequence: 70, count: 10 }), 'new')
})

test('a producer that is not known starts anywhere, one without an id is never checked', () => {
  const state = new ProducerState(dayMs)
  assert.equal(send(state, 0, { baseSequence: 77, producerEpoch: 3 }), 'new')
  assert.equal(send(state, 1, { producerId: -1, producerEpoch: -1, baseSequence: -1 }), 'new')
  assert.equal(send(state, 1, { producerId: 2, producerEpoch: -2 }), 'INVALID_PRODUCER_EPOCH')
  assert.equal(state.size, 1)
})

test('epochs: a new one starts at 0, an old one is fenced', () => {
  const state = new ProducerState(dayMs)
  assert.equal(send(state, 0, { baseSequence: 0, producerEpoch: 4 }), 'new')
  assert.equal(send(state, 1, { baseSequence: 1, producerEpoch: 5 }), 'OUT_OF_ORDER_SEQUENCE_NUMBER')
  assert.equal(send(state, 1, { baseSequence: 0, producerEpoch: 5 }), 'new')
  assert.equal(send(state, 2, { baseSequence: 1, producerEpoch: 4 }), 'INVALID_PRODUCER_EPOCH')
  assert.equal(send(state, 2, { baseSequence: 0, producerEpoch: 4 }), 'INVALID_PRODUCER_EPOCH')
  assert.equal(send(state, 2, { baseSequence: 1, producerEpoch: 5 }), 'new')
})

test('sequences wrap within a batch and between batches', () => {
  const state = new ProducerState(dayMs)
  assert.equal(send(state, 0, { baseSequence: maxSequence - 1, count: 4 }), 'new')
  assert.equal(send(state, 4, { baseSequence: 2, count: 1 }), 'new')
  assert.equal(send(state, 0, { baseSequence: maxSequence - 1, count: 4 }), 0)
  const other = new ProducerState(dayMs)
  assert.equal(send(other, 0, { baseSequence: maxSequence }), 'new')
  assert.equal(send(other, 1, { baseSequence: 1 }), 'OUT_OF_ORDER_SEQUENCE_NUMBER')
  assert.equal(send(other, 1, { baseSequence: 0 }), 'new')
})

test('producers expire by the time of their records, not while in a transaction', () => {
  const state = new ProducerState(dayMs)
  send(state, 0, { producerId: 1, maxTimestamp: nowMs - dayMs })
  send(state, 1, { producerId: 2, maxTimestamp: nowMs - dayMs + 1 })
  send(state, 2, { producerId: 3, maxTimestamp: nowMs - dayMs, isTransactional: true })
  const snapshot = state.snapshot()
  state.expire(nowMs)
  assert.deepEqual(
    state.activeProducers().map(each => each.producerId),
    [2, 3],
  )
  const loaded = new ProducerState(dayMs)
  loaded.load(snapshot, nowMs)
  assert.deepEqual(loaded.activeProducers(), state.activeProducers())
})

test('more producers than fit push out the longest unused one, never one in a transaction', () => {
  const state = new ProducerState(dayMs, 3)
  send(state, 0, { producerId: 1, isTransactional: true })
  send(state, 1, { producerId: 2 })
  send(state, 2, { producerId: 3 })
  send(state, 3, { producerId: 2, baseSequence: 1 })
  send(state, 4, { producerId: 4 })
  assert.deepEqual(
    state.activeProducers().map(each => each.producerId),
    [1, 2, 4],
  )
})

test('transactions: the first open one holds back readers until its marker is replicated', () => {
  const state = new ProducerState(dayMs)
  assert.equal(state.firstUnstableOffset, undefined)
  send(state, 10, { producerId: 1, isTransactional: true, count: 2 })
  send(state, 12, { producerId: 2, isTransactional: true })
  send(state, 13, { producerId: 1, isTransactional: true, baseSequence: 2 })
  assert.equal(state.firstUnstableOffset, 10)
  assert.equal(send(state, 14, { producerId: 1, baseSequence: 3 }), 'INVALID_TXN_STATE')
  const marker = { producerId: 1, producerEpoch: 0, coordinatorEpoch: 6, offset: 14, timestampMs: nowMs }
  assert.deepEqual(state.applyMarker(marker), { producerId: 1, firstOffset: 10, lastOffset: 14 })
  assert.equal(state.applyMarker({ ...marker, offset: 15 }), undefined)
  state.onHighWatermark(14)
  assert.equal(state.firstUnstableOffset, 10)
  state.onHighWatermark(15)
  assert.equal(state.firstUnstableOffset, 12)
  assert.equal(send(state, 16, { producerId: 1, baseSequence: 3 }), 'new')

  const loaded = new ProducerState(dayMs)
  loaded.load(state.snapshot(), nowMs)
  assert.equal(loaded.firstUnstableOffset, 12)
  assert.equal(loaded.activeProducers()[0]!.currentTxnStartOffset, 12)
  assert.equal(loaded.activeProducers()[1]!.coordinatorEpoch, 6)
})

test('a snapshot has the bytes that Kafka writes', () => {
  const entry = {
    producerId: 2 ** 40 + 1,
    producerEpoch: 7,
    lastSequence: 99,
    lastOffset: 1234,
    offsetDelta: 4,
    lastTimestampMs: nowMs,
    coordinatorEpoch: -1,
    currentTxnFirstOffset: -1,
  }
  const bytes = encodeProducerSnapshot([entry])
  assert.equal(
    bytes.subarray(6).toString('hex'),
    '00000001' + // entries
      '0000010000000001' + // producer id
      '0007' + // epoch
      '00000063' + // last sequence
      '00000000000004d2' + // last offset
      '00000004' + // offset delta
      '0000019ab697e800' + // timestamp
      'ffffffff' + // coordinator epoch
      'ffffffffffffffff', // first offset of the open transaction
  )
  assert.equal(bytes.readInt16BE(0), 1)
  assert.deepEqual(decodeProducerSnapshot(bytes), [entry])
  for (const cut of [0, 5, 9, bytes.length - 1]) {
    assert.throws(() => decodeProducerSnapshot(bytes.subarray(0, cut)), CorruptSnapshotError)
  }
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const bad = Buffer.from(bytes)
      bad[at]! ^= change
      assert.throws(() => decodeProducerSnapshot(bad), CorruptSnapshotError)
    }),
  )
})

/** The rules once more, over the whole history of one producer and without any bookkeeping. */
class Model {
  history: { batch: ProducerBatch; offset: number }[] = []

  verdict(sent: ProducerBatch): string | number {
    const last = this.history.at(-1)
    if (last === undefined) return 'new'
    const ofEpoch = this.history.filter(each => each.batch.producerEpoch === last.batch.producerEpoch)
    for (const each of ofEpoch.slice(-5)) {
      if (JSON.stringify(each.batch) === JSON.stringify(sent)) return each.offset
    }
    if (sent.producerEpoch < last.batch.producerEpoch) return 'INVALID_PRODUCER_EPOCH'
    const expected =
      sent.producerEpoch > last.batch.producerEpoch
        ? 0
        : Number((BigInt(last.batch.baseSequence) + BigInt(last.batch.lastOffsetDelta) + 1n) % 2n ** 31n)
    return sent.baseSequence === expected ? 'new' : 'OUT_OF_ORDER_SEQUENCE_NUMBER'
  }
}

const command = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('next' as const), count: fc.integer({ min: 1, max: 9 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('again' as const), back: fc.nat(7) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('jump' as const), by: fc.integer({ min: -12, max: 12 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('epoch' as const),
      by: fc.integer({ min: -2, max: 2 }),
      baseSequence: fc.constantFrom(0, 0, 1, maxSequence),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reload' as const) }) },
)

test('behaves like the rules over the whole history, also after its state was stored and loaded', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(0, 5, maxSequence - 3, maxSequence),
      fc.array(fc.tuple(fc.constantFrom(1, 2), command), { maxLength: 60 }),
      (firstSequence, commands) => {
        const state = new ProducerState(dayMs)
        const models = new Map([
          [1, new Model()],
          [2, new Model()],
        ])
        let offset = 50
        for (const [producerId, step] of commands) {
          const model = models.get(producerId)!
          if (step.do === 'reload') {
            state.load(state.snapshot(), nowMs)
            // A snapshot has each producer's last batch only.
            for (const each of models.values()) each.history = each.history.slice(-1)
            continue
          }
          const last = model.history.at(-1)?.batch
          const next = last === undefined ? firstSequence : incrementSequence(last.lastSequence, 1)
          const producerEpoch = last?.producerEpoch ?? 10
          let sent = batch({ producerId, producerEpoch, baseSequence: next })
          if (step.do === 'next') {
            sent = batch({ producerId, producerEpoch, baseSequence: next, count: step.count })
          } else if (step.do === 'again') {
            sent = model.history.at(-1 - step.back)?.batch ?? sent
          } else if (step.do === 'jump') {
            const baseSequence = Math.max(0, Math.min(maxSequence, next + step.by))
            sent = batch({ producerId, producerEpoch, baseSequence })
          } else {
            sent = batch({
              producerId,
              producerEpoch: producerEpoch + step.by,
              baseSequence: step.baseSequence,
            })
          }
          const expected = model.verdict(sent)
          assert.equal(short(state.check(sent)), expected)
          if (expected !== 'new') continue
          state.apply(sent, offset)
          model.history.push({ batch: sent, offset })
          offset += sent.lastOffsetDelta + 1
        }
      },
    ),
    { numRuns: 1000 },
  )
})
