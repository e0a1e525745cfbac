/**
 * A classic group for tests of the rules: carries out decisions as a cell does, without a queue, a store or a clock
 * that runs by itself, and checks with every step what must always hold.
 */
import assert from 'node:assert/strict'
import {
  joinError,
  type JoinCommand,
  type JoinResult,
  type LeaveResult,
  type LeavingMember,
  type SyncCommand,
  type SyncResult,
  type TimedCommand,
} from './classic-commands.ts'
import { applyDecision, decide, type ClassicRules, type Decision, type Draft } from './classic-decision.ts'
import {
  cloneClassicGroup,
  hasAllMembersJoined,
  newClassicGroup,
  type ClassicGroup,
  type GroupProtocol,
} from './classic-group.ts'
import { joinGroup } from './classic-join.ts'
import { leaveGroup } from './classic-leave.ts'
import { heartbeat } from './classic-session.ts'
import { failSync, syncGroup } from './classic-sync.ts'
import { expire } from './classic-timed.ts'

export interface TestTimer {
  readonly dueMs: number
  readonly command: TimedCommand
}

export type JoinOptions = Partial<Omit<JoinCommand, 'type' | 'requestId'>>

export class TestGroup {
  readonly rules: ClassicRules
  readonly group: ClassicGroup
  readonly timers = new Map<string, TestTimer>()
  readonly joins = new Map<number, JoinResult>()
  readonly syncs = new Map<number, SyncResult>()
  readonly open = new Set<number>()
  /** Decisions that had to be persisted, as far as the store took them. */
  persistedCount = 0
  /** The next decision that has to be persisted is not. */
  storeFails = false
  nowMs = 1_700_000_000_000
  #nextRequestId = 1

  constructor(rules: Partial<ClassicRules> = {}) {
    this.rules = { maxSize: 1000, initialRebalanceDelayMs: 3000, ...rules }
    this.group = newClassicGroup('g', this.nowMs)
  }

  join(options: JoinOptions = {}): number {
    const requestId = this.#request()
    const command: JoinCommand = {
      type: 'join',
      requestId,
      memberId: '',
      groupInstanceId: undefined,
      memberIdSuffix: `${requestId}`,
      clientId: 'c',
      clientHost: 'h',
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 60_000,
      protocolType: 'consumer',
      protocols: [protocol('range')],
      reason: undefined,
      requiresKnownMemberId: false,
      supportsSkippingAssignment: true,
      ...options,
    }
    if (!this.carryOut(draft => joinGroup(draft, command))) {
      this.open.delete(requestId)
      this.joins.set(requestId, joinError('NOT_COORDINATOR', command.memberId))
    }
    return requestId
  }

  sync(memberId: string, options: Partial<SyncCommand> = {}): number {
    const requestId = this.#request()
    const command: SyncCommand = {
      type: 'sync',
      requestId,
      memberId,
      groupInstanceId: undefined,
      generationId: this.group.generationId,
      protocolType: undefined,
      protocolName: undefined,
      assignments: new Map(),
      ...options,
    }
    if (!this.carryOut(draft => syncGroup(draft, command))) {
      this.carryOut(draft => failSync(draft, command, 'NOT_COORDINATOR'))
    }
    return requestId
  }

  heartbeat(memberId: string, generationId = this.group.generationId, groupInstanceId?: string): string {
    let error = ''
    this.carryOut(draft => {
      error = heartbeat(draft, { memberId, generationId, groupInstanceId })
    })
    return error
  }

  leave(...members: readonly Partial<LeavingMember>[]): LeaveResult {
    let result: LeaveResult | undefined
    this.carryOut(draft => {
      result = leaveGroup(
        draft,
        members.map(member => ({
          memberId: '',
          groupInstanceId: undefined,
          reason: undefined,
          ...member,
        })),
      )
    })
    return result!
  }

  /** Lets the timer of `key` run out. */
  fire(key: string): void {
    const timer = this.timers.get(key)
    assert(timer !== undefined, `no timer ${key}`)
    this.timers.delete(key)
    this.nowMs = Math.max(this.nowMs, timer.dueMs)
    if (!this.carryOut(draft => expire(draft, timer.command))) this.timers.set(key, timer)
  }

  /** Moves time forward, through all timers that run out on the way. */
  advance(byMs: number): void {
    const endMs = this.nowMs + byMs
    for (;;) {
      const next = [...this.timers].sort(([, a], [, b]) => a.dueMs - b.dueMs)[0]
      if (next === undefined || next[1].dueMs > endMs) break
      this.fire(next[0])
    }
    this.nowMs = endMs
  }

  /** Members of one stable generation, the first leads: each joins, and syncs with its own name as assignment. */
  stabilise(count: number, options: (index: number) => JoinOptions = () => ({})): string[] {
    const requests = Array.from({ length: count }, (_, index) => this.join(options(index)))
    this.fire('join')
    while (this.group.state === 'PreparingRebalance') this.fire('join')
    const memberIds = requests.map(requestId => this.joins.get(requestId)!.memberId)
    this.syncAll()
    return memberIds
  }

  /** All members ask for their assignment, the leader last. */
  syncAll(): void {
    const leaderId = this.group.leaderId!
    const memberIds = [...this.group.members.keys()]
    for (const memberId of memberIds.filter(id => id !== leaderId)) this.sync(memberId)
    const assignments = new Map(memberIds.map(memberId => [memberId, bytes(memberId)]))
    this.sync(leaderId, { assignments })
  }

  /** False: it had to be persisted and was not. */
  carryOut(rule: (draft: Draft) => void): boolean {
    const before = cloneClassicGroup(this.group)
    const { decision } = decide(this.group, this.rules, this.nowMs, rule)
    assert.deepEqual(this.group, before, 'deciding changed the state')
    if (decision.persist && this.storeFails) {
      this.storeFails = false
      return false
    }
    if (decision.persist) this.persistedCount++
    applyDecision(this.group, decision)
    assert.deepEqual(this.group, decision.after, 'applying gave another state than deciding')
    this.#takeUp(decision)
    this.#check(before)
    return true
  }

  #request(): number {
    const requestId = this.#nextRequestId++
    this.open.add(requestId)
    return requestId
  }

  #takeUp(decision: Decision): void {
    for (const timer of decision.timers) {
      if (timer.type === 'cancel') this.timers.delete(timer.key)
      else
        this.timers.set(timer.key, { dueMs: this.nowMs + Math.max(timer.delayMs, 0), command: timer.command })
    }
    for (const reply of decision.replies) {
      assert(this.open.delete(reply.requestId), `request ${reply.requestId} is answered twice`)
      if (reply.type === 'join') this.joins.set(reply.requestId, reply.result)
      else this.syncs.set(reply.requestId, reply.result)
    }
  }

  #check(before: ClassicGroup): void {
    const { group, timers } = this
    const { state } = group
    assert(group.generationId >= before.generationId, 'the generation fell')
    assert.equal(group.members.size === 0, group.leaderId === undefined, 'a leader where there are members')
    if (group.leaderId !== undefined) assert(group.members.has(group.leaderId), 'the leader is a member')
    const waiting = new Set<number>()
    for (const member of group.members.values()) {
      const { joinRequestId, syncRequestId, memberId } = member
      if (joinRequestId !== undefined) waiting.add(joinRequestId)
      if (syncRequestId !== undefined) waiting.add(syncRequestId)
      assert(!group.pendingJoinMembers.has(memberId), 'a member is not pending')
      assert(state === 'PreparingRebalance' || joinRequestId === undefined, 'a join waits in no other state')
      assert(state === 'CompletingRebalance' || syncRequestId === undefined, 'a sync waits in no other state')
      const isHeld = !member.isNew && (joinRequestId !== undefined || syncRequestId !== undefined)
      assert(isHeld || timers.has(`session:${memberId}`), `member ${memberId} has no session`)
      if (member.groupInstanceId !== undefined) {
        assert.equal(group.staticMembers.get(member.groupInstanceId), memberId)
      }
      if (state === 'Stable' || state === 'CompletingRebalance') {
        const names = member.protocols.map(({ name }) => name)
        assert(names.includes(group.protocolName!), `member ${memberId} cannot speak the protocol`)
      }
    }
    // The request that is being handled may still be open when a store failed; all others wait in the group.
    for (const requestId of this.open) {
      assert(waiting.has(requestId) || requestId === this.#nextRequestId - 1, `request ${requestId} is lost`)
    }
    assert.equal(group.staticMembers.size, [...group.members.values()].filter(m => m.groupInstanceId).length)
    for (const memberId of group.pendingJoinMembers) assert(timers.has(`session:${memberId}`))
    if (state === 'Empty') assert.equal(group.members.size, 0, 'an empty group has no members')
    if (state === 'PreparingRebalance') {
      assert(timers.has('join'), 'a rebalance ends by itself')
      const isInitial = group.previousState === 'Empty'
      assert(isInitial || !hasAllMembersJoined(group), 'a rebalance goes on when all are there')
    } else {
      assert(!timers.has('join'), 'no join timer outside of a rebalance')
    }
    const awaitsSync = state === 'CompletingRebalance' || state === 'Stable'
    if (awaitsSync && group.pendingSyncMembers.size > 0) assert(timers.has('sync'), 'pending syncs expire')
  }
}

export function protocol(name: string, metadata = `${name} data`): GroupProtocol {
  return { name, metadata: bytes(metadata) }
}

export function bytes(text: string): Buffer {
  return Buffer.from(text)
}

export function text(value: Buffer | undefined): string {
  return Buffer.from(value ?? []).toString()
}

/** A consumer's subscription as JoinGroup carries it, version 0. */
export function subscription(...topics: readonly string[]): Buffer {
  const parts = topics.map(topic => {
    const name = Buffer.from(topic)
    const length = Buffer.alloc(2)
    length.writeInt16BE(name.length)
    return Buffer.concat([length, name])
  })
  const head = Buffer.alloc(6)
  head.writeInt32BE(topics.length, 2)
  return Buffer.concat([head, ...parts, Buffer.from([255, 255, 255, 255])])
}
