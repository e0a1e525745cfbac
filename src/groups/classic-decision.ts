/**
 * What a deciding function of a classic group gives back, and the draft in which it is gathered: rules that build on
 * each other see the changes made so far, and the state itself stays as it is until they have been persisted. Pure.
 */
import type { LogFields } from '#base/logger.ts'
import { applyChange, type ClassicChange } from './classic-changes.ts'
import { cloneClassicGroup, type ClassicGroup, type ClassicMember } from './classic-group.ts'
import type { JoinResult, SyncResult, TimedCommand } from './classic-commands.ts'

/** Limits that the rules need; the values come from the broker's config. */
export interface ClassicRules {
  /** group.max.size */
  readonly maxSize: number
  /** group.initial.rebalance.delay.ms */
  readonly initialRebalanceDelayMs: number
}

export type Reply =
  | { readonly type: 'join'; readonly requestId: number; readonly result: JoinResult }
  | { readonly type: 'sync'; readonly requestId: number; readonly result: SyncResult }

/** A group has at most one timer of a key; to schedule one replaces the one before. */
export type TimerKey = 'join' | 'sync' | `session:${string}`

export type TimerChange =
  | {
      readonly type: 'schedule'
      readonly key: TimerKey
      readonly delayMs: number
      readonly command: TimedCommand
    }
  | { readonly type: 'cancel'; readonly key: TimerKey }

export interface Note {
  readonly message: string
  readonly fields: LogFields
}

export interface Decision {
  /** To be applied in order, all or none. */
  readonly changes: readonly ClassicChange[]
  /** The state after `changes`. The same as applying them; what has to be persisted is taken from it. */
  readonly after: ClassicGroup
  /** Whether the group's row must be durable before anything of the decision takes effect. */
  readonly persist: boolean
  readonly replies: readonly Reply[]
  readonly timers: readonly TimerChange[]
  readonly notes: readonly Note[]
}

export function sessionKey(memberId: string): TimerKey {
  return `session:${memberId}`
}

export class Draft {
  readonly nowMs: number
  readonly rules: ClassicRules
  readonly #original: ClassicGroup
  #copy: ClassicGroup | undefined
  readonly #changes: ClassicChange[] = []
  readonly #replies: Reply[] = []
  readonly #timers: TimerChange[] = []
  readonly #notes: Note[] = []
  #persist = false

  constructor(group: ClassicGroup, rules: ClassicRules, nowMs: number) {
    this.#original = group
    this.rules = rules
    this.nowMs = nowMs
  }

  /** The state with all changes so far. To be read only. */
  get group(): Readonly<ClassicGroup> {
    return this.#copy ?? this.#original
  }

  change(change: ClassicChange): void {
    // Copied at the first change only: most requests, being heartbeats, change nothing.
    this.#copy ??= cloneClassicGroup(this.#original)
    applyChange(this.#copy, change)
    this.#changes.push(change)
  }

  replyToJoin(requestId: number, result: JoinResult): void {
    this.#replies.push({ type: 'join', requestId, result })
  }

  replyToSync(requestId: number, result: SyncResult): void {
    this.#replies.push({ type: 'sync', requestId, result })
  }

  /** Answers the member's waiting JoinGroup, if there is one. */
  completeJoin(memberId: string, result: JoinResult): void {
    const member = this.group.members.get(memberId)
    if (member?.joinRequestId === undefined) return
    this.replyToJoin(member.joinRequestId, result)
    this.change({ type: 'memberUpdated', member: { ...member, joinRequestId: undefined } })
  }

  /** Answers the member's waiting SyncGroup; false: it had none. */
  completeSync(memberId: string, result: SyncResult): boolean {
    const member = this.group.members.get(memberId)
    if (member?.syncRequestId === undefined) return false
    this.replyToSync(member.syncRequestId, result)
    this.change({ type: 'memberUpdated', member: { ...member, syncRequestId: undefined } })
    return true
  }

  schedule(key: TimerKey, delayMs: number, command: TimedCommand): void {
    this.#timers.push({ type: 'schedule', key, delayMs, command })
  }

  cancel(key: TimerKey): void {
    this.#timers.push({ type: 'cancel', key })
  }

  /** Starts the member's session anew. */
  extendSession(member: ClassicMember, timeoutMs = member.sessionTimeoutMs): void {
    const { memberId } = member
    this.schedule(sessionKey(memberId), timeoutMs, { type: 'sessionExpired', memberId })
  }

  persist(): void {
    this.#persist = true
  }

  note(message: string, fields: LogFields = {}): void {
    const { groupId, state, generationId } = this.group
    this.#notes.push({ message, fields: { groupId, state, generationId, ...fields } })
  }

  decision(): Decision {
    return {
      changes: this.#changes,
      after: this.group,
      persist: this.#persist,
      replies: this.#replies,
      timers: this.#timers,
      notes: this.#notes,
    }
  }
}

/** Lets `rule` decide on `group`, which stays as it is. `result` is what the rule returns to its caller at once. */
export function decide<Result>(
  group: ClassicGroup,
  rules: ClassicRules,
  nowMs: number,
  rule: (draft: Draft) => Result,
): { decision: Decision; result: Result } {
  const draft = new Draft(group, rules, nowMs)
  const result = rule(draft)
  return { decision: draft.decision(), result }
}

export function applyDecision(group: ClassicGroup, decision: Decision): void {
  for (const change of decision.changes) applyChange(group, change)
}
