/**
 * One group at work: its state, its offsets, its timers, and the queue in which everything that touches them runs one
 * after the other. Rules decide, the cell persists and only then applies; what could not be persisted has not
 * happened. Knows no rule of its own.
 */
import type { Clock } from '#base/clock.ts'
import type { Logger } from '#base/logger.ts'
import { SerialQueue } from '#base/serial.ts'
import type { ErrorName } from '#protocol/error-codes.ts'
import type { MetadataChange, MetadataStore } from '#storage/metadata-store.ts'
import { StorageError } from '#storage/storage-error.ts'
import type { JoinCommand, SyncCommand } from './classic-commands.ts'
import { joinError, syncError } from './classic-commands.ts'
import { applyDecision, decide, type ClassicRules, type Decision, type Draft } from './classic-decision.ts'
import { newClassicGroup, type ClassicGroup } from './classic-group.ts'
import { joinGroup } from './classic-join.ts'
import { failSync, syncGroup } from './classic-sync.ts'
import { expire, resume } from './classic-timed.ts'
import { CommittedOffsets } from './committed-offsets.ts'
import { encodeClassicGroup } from './group-record.ts'
import { GroupTimers, type DueTimer } from './group-timers.ts'
import type { WaitingRequests } from './waiting-requests.ts'

/** What Kafka answers where its log could not be written: the client looks for the coordinator and comes again. */
export const storageFailure = 'NOT_COORDINATOR' satisfies ErrorName

/** How soon a group tries again what its timer wanted and the store refused. */
const retryDelayMs = 1000

export interface CellServices {
  readonly store: MetadataStore
  readonly clock: Clock
  readonly logger: Logger
  readonly rules: ClassicRules
  readonly waiting: WaitingRequests
  /** The cell holds nothing and does nothing any more. */
  readonly onIdle: (cell: GroupCell) => void
}

export class GroupCell {
  readonly groupId: string
  readonly offsets = new CommittedOffsets()
  readonly #services: CellServices
  readonly #queue = new SerialQueue()
  readonly #timers: GroupTimers
  /** Commits of offsets under way: they follow each other in the store and need not hold up the queue. */
  readonly #offsetCommits = new Set<Promise<unknown>>()
  #group: ClassicGroup | undefined
  #isClosed = false

  constructor(groupId: string, services: CellServices) {
    this.groupId = groupId
    this.#services = services
    this.#timers = new GroupTimers(services.clock, due => this.#onDue(due))
  }

  /** As persisted and applied last; undefined: there is no such group. */
  get group(): Readonly<ClassicGroup> | undefined {
    return this.#group
  }

  get timerCount(): number {
    return this.#timers.size
  }

  /** Takes up a group that was read from the store. */
  restore(group: ClassicGroup): void {
    this.#group = group
    const { decision } = decide(group, this.#services.rules, this.#services.clock.nowMs(), resume)
    this.#apply(group, decision)
  }

  join(command: JoinCommand): Promise<void> {
    const fail = (error: ErrorName): void =>
      this.#services.waiting.answer({
        type: 'join',
        requestId: command.requestId,
        result: joinError(error, command.memberId),
      })
    return this.run(async () => {
      if (this.#group === undefined && command.memberId !== '') {
        fail('UNKNOWN_MEMBER_ID')
        return
      }
      const stored = await this.#carryOut(draft => joinGroup(draft, command))
      if (!stored) fail(storageFailure)
    })
  }

  sync(command: SyncCommand): Promise<void> {
    return this.run(async () => {
      if (this.#group === undefined) {
        const { requestId } = command
        this.#services.waiting.answer({ type: 'sync', requestId, result: syncError('UNKNOWN_MEMBER_ID') })
        return
      }
      const stored = await this.#carryOut(draft => syncGroup(draft, command))
      if (!stored) await this.#carryOut(draft => failSync(draft, command, storageFailure))
    })
  }

  /** Lets a rule of an existing group decide; `refusal` is the result for a group that is not there. */
  ask<Result>(
    rule: (draft: Draft) => Result,
    refusal: (error: 'UNKNOWN_MEMBER_ID' | typeof storageFailure) => Result,
  ): Promise<Result> {
    return this.run(async () => {
      if (this.#group === undefined) return refusal('UNKNOWN_MEMBER_ID')
      let result: Result | undefined
      const stored = await this.#carryOut(draft => {
        result = rule(draft)
      })
      return stored ? (result as Result) : refusal(storageFailure)
    })
  }

  /** Runs `task` alone among all that concerns this group. */
  async run<Result>(task: () => Promise<Result> | Result): Promise<Result> {
    try {
      return await this.#queue.run(task)
    } finally {
      this.#reportIdle()
    }
  }

  /**
   * Decides by `rule` on what is there, without persisting anything; for rules that change no group row.
   * Only inside `run`.
   */
  decideNow<Result>(rule: (draft: Draft) => Result): Result | undefined {
    if (this.#group === undefined) return undefined
    const { rules, clock } = this.#services
    const { decision, result } = decide(this.#group, rules, clock.nowMs(), rule)
    this.#apply(this.#group, decision)
    return result
  }

  /**
   * Starts to persist changes of offsets and calls `apply` when they are durable; the queue goes on meanwhile.
   * @returns false: nothing was stored
   */
  async commitOffsets(changes: readonly MetadataChange[], apply: () => void): Promise<boolean> {
    const commit = this.#commit(changes).then(stored => {
      if (stored && !this.#isClosed) {
        this.#group ??= newClassicGroup(this.groupId, this.#services.clock.nowMs())
        apply()
      }
      return stored
    })
    this.#offsetCommits.add(commit)
    try {
      return await commit
    } finally {
      this.#offsetCommits.delete(commit)
      this.#reportIdle()
    }
  }

  /** All commits of offsets that were begun have come to their end. */
  async settleOffsetCommits(): Promise<void> {
    while (this.#offsetCommits.size > 0) await Promise.allSettled(this.#offsetCommits)
  }

  /** Persists changes and applies them; false: nothing was stored and nothing applied. Only inside `run`. */
  async store(changes: readonly MetadataChange[], apply: () => void): Promise<boolean> {
    const stored = await this.#commit(changes)
    if (stored && !this.#isClosed) apply()
    return stored
  }

  /** The group and its offsets are gone from the store. Only inside `store`. */
  drop(): void {
    this.#group = undefined
    this.offsets.clear()
    this.#timers.cancelAll()
  }

  /** Resolves when nothing of this group is under way any more; nothing is applied after the call. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#timers.cancelAll()
    await this.#queue.run(() => this.settleOffsetCommits())
  }

  async #carryOut(rule: (draft: Draft) => void): Promise<boolean> {
    const { rules, clock } = this.#services
    const group = this.#group ?? newClassicGroup(this.groupId, clock.nowMs())
    const isNew = this.#group === undefined
    const { decision } = decide(group, rules, clock.nowMs(), rule)
    if (decision.persist || (isNew && decision.changes.length > 0)) {
      const value = encodeClassicGroup(decision.after)
      const row = { groupId: this.groupId, kind: 'classic', value } as const
      if (!(await this.#commit([{ type: 'putGroup', group: row }]))) return false
    }
    if (this.#isClosed) return true
    if (decision.changes.length > 0) this.#group = group
    this.#apply(group, decision)
    return true
  }

  #apply(group: ClassicGroup, decision: Decision): void {
    const { waiting, logger } = this.#services
    applyDecision(group, decision)
    for (const timer of decision.timers) {
      if (timer.type === 'schedule') this.#timers.schedule(timer.key, timer.delayMs, timer.command)
      else this.#timers.cancel(timer.key)
    }
    for (const note of decision.notes) logger.info(note.message, note.fields)
    for (const reply of decision.replies) waiting.answer(reply)
  }

  async #commit(changes: readonly MetadataChange[]): Promise<boolean> {
    try {
      await this.#services.store.commit(changes)
      return true
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      this.#services.logger.error('group could not be stored; nothing of the change was applied', {
        groupId: this.groupId,
        error: error.message,
      })
      return false
    }
  }

  #onDue(due: DueTimer): void {
    void this.run(async () => {
      const { key, command } = due
      if (this.#isClosed || !this.#timers.take(due) || this.#group === undefined) return
      const stored = await this.#carryOut(draft => expire(draft, command))
      if (!stored && !this.#isClosed) this.#timers.schedule(key, retryDelayMs, command)
    })
  }

  #reportIdle(): void {
    const isIdle =
      this.#group === undefined &&
      this.offsets.isEmpty &&
      this.#offsetCommits.size === 0 &&
      this.#queue.pendingCount === 0
    if (isIdle) this.#services.onIdle(this)
  }
}
