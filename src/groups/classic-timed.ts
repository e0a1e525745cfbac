/**
 * What a classic group does by itself: after a time that one of its timers kept, and when it has been read back
 * from the store. Pure.
 */
import type { TimedCommand } from './classic-commands.ts'
import type { Draft } from './classic-decision.ts'
import { expireSession } from './classic-leave.ts'
import {
  completeJoinPhase,
  expireInitialDelay,
  expirePendingSync,
  prepareRebalance,
} from './classic-rebalance.ts'

export function expire(draft: Draft, command: TimedCommand): void {
  switch (command.type) {
    case 'sessionExpired':
      expireSession(draft, command.memberId)
      break
    case 'joinExpired':
      completeJoinPhase(draft)
      break
    case 'initialDelayExpired':
      expireInitialDelay(draft, command.delayMs, command.remainingMs)
      break
    case 'syncExpired':
      expirePendingSync(draft, command.generationId)
      break
  }
}

/** Its members get a fresh session: they could not send heartbeats while the broker was away. */
export function resume(draft: Draft): void {
  const { group, rules } = draft
  for (const member of group.members.values()) draft.extendSession(member)
  if (group.members.size > rules.maxSize) {
    prepareRebalance(draft, `the group has ${group.members.size} members, group.max.size is ${rules.maxSize}`)
  }
}
