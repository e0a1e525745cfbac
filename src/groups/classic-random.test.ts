import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { bytes, protocol, TestGroup, text } from './test-group.ts'

type Step =
  | { readonly type: 'new'; readonly version: 'old' | 'idRequired'; readonly protocols: number }
  | { readonly type: 'static'; readonly instance: number; readonly protocols: number }
  | { readonly type: 'rejoin'; readonly who: number; readonly protocols: number }
  | { readonly type: 'sync'; readonly who: number; readonly staleGeneration: boolean }
  | { readonly type: 'heartbeat'; readonly who: number }
  | { readonly type: 'leave'; readonly who: number }
  | { readonly type: 'leaveStatic'; readonly instance: number }
  | { readonly type: 'fire'; readonly which: number }
  | { readonly type: 'storeFails' }
  /** All members do what well-behaved clients do next. */
  | { readonly type: 'allRejoin' }
  | { readonly type: 'allSync' }

const who = fc.nat({ max: 9 })
const protocols = fc.nat({ max: 3 })
const instance = fc.nat({ max: 2 })
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    type: fc.constant('new' as const),
    version: fc.constantFrom('old' as const, 'idRequired' as const),
    protocols,
  }),
  fc.record({ type: fc.constant('static' as const), instance, protocols }),
  fc.record({ type: fc.constant('rejoin' as const), who, protocols }),
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('rejoin' as const), who, protocols: fc.constant(0) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('sync' as const), who, staleGeneration: fc.constant(false) }),
  },
  fc.record({ type: fc.constant('sync' as const), who, staleGeneration: fc.boolean() }),
  fc.record({ type: fc.constant('heartbeat' as const), who }),
  fc.record({ type: fc.constant('leave' as const), who }),
  fc.record({ type: fc.constant('leaveStatic' as const), instance }),
  { weight: 2, arbitrary: fc.record({ type: fc.constant('fire' as const), which: fc.nat({ max: 20 }) }) },
  fc.constant({ type: 'storeFails' as const }),
  { weight: 2, arbitrary: fc.constant({ type: 'allRejoin' as const }) },
  { weight: 4, arbitrary: fc.constant({ type: 'allSync' as const }) },
)

const protocolSets = [
  [protocol('range'), protocol('sticky')],
  [protocol('sticky'), protocol('range')],
  [protocol('range')],
  [protocol('roundrobin'), protocol('range')],
]

function run(group: TestGroup, next: Step): void {
  const { members, pendingJoinMembers } = group.group
  const known = [...members.keys(), ...pendingJoinMembers]
  const pick = (index: number): string => known[index % Math.max(known.length, 1)] ?? 'nobody'
  switch (next.type) {
    case 'new':
      group.join({
        protocols: protocolSets[next.protocols]!,
        requiresKnownMemberId: next.version === 'idRequired',
      })
      break
    case 'static':
      group.join({ groupInstanceId: `i${next.instance}`, protocols: protocolSets[next.protocols]! })
      break
    case 'rejoin': {
      const memberId = pick(next.who)
      const groupInstanceId = members.get(memberId)?.groupInstanceId
      group.join({ memberId, groupInstanceId, protocols: protocolSets[next.protocols]! })
      break
    }
    case 'sync': {
      const memberId = pick(next.who)
      const assignments = new Map([...members.keys()].map(id => [id, bytes(id)]))
      const generationId = group.group.generationId - (next.staleGeneration ? 1 : 0)
      group.sync(memberId, { generationId, ...(group.group.leaderId === memberId ? { assignments } : {}) })
      break
    }
    case 'heartbeat':
      group.heartbeat(pick(next.who))
      break
    case 'leave':
      group.leave({ memberId: pick(next.who) })
      break
    case 'leaveStatic':
      group.leave({ groupInstanceId: `i${next.instance}` })
      break
    case 'fire': {
      const keys = [...group.timers.keys()]
      const key = keys[next.which % Math.max(keys.length, 1)]
      if (key !== undefined) group.fire(key)
      break
    }
    case 'storeFails':
      group.storeFails = true
      break
    case 'allRejoin':
      for (const member of members.values()) group.join(member)
      if (group.timers.has('join')) group.fire('join')
      break
    case 'allSync':
      if (group.group.state === 'CompletingRebalance') group.syncAll()
      break
  }
}

/** Who led a generation, and whom it was told that it consists of. */
function checkGenerations(group: TestGroup): void {
  const rosters = new Map<number, string>()
  for (const result of group.joins.values()) {
    if (result.error !== 'NONE') continue
    if (result.members.length === 0) continue
    assert.equal(result.leader, result.memberId, 'only the leader is told who the members are')
    if (result.skipAssignment) continue
    const roster = result.members.map(({ memberId }) => memberId).join()
    assert.equal(rosters.get(result.generationId) ?? roster, roster, 'one leader and one roster a generation')
    rosters.set(result.generationId, roster)
  }
}

test('a group keeps its rules under any sequence of requests, time-outs and failing stores', () => {
  let stableCount = 0
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 80, size: 'max' }),
      fc.integer({ min: 2, max: 8 }),
      (steps, maxSize) => {
        const group = new TestGroup({ maxSize, initialRebalanceDelayMs: 3000 })
        for (const next of steps) {
          run(group, next)
          if (group.group.state === 'Stable') stableCount++
        }
        checkGenerations(group)
        for (const { error, assignment } of group.syncs.values()) {
          if (error !== 'NONE') assert.equal(text(assignment), '')
        }
        // Left alone, every group comes to rest: no request waits for ever, and an empty group costs no timer.
        group.storeFails = false
        group.advance(3_600_000)
        assert.equal(group.open.size, 0)
        assert.equal(group.group.state, 'Empty')
        assert.equal(group.timers.size, 0)
      },
    ),
    { numRuns: 500 },
  )
  assert(stableCount > 100, `only ${stableCount} steps met a stable group`)
})
