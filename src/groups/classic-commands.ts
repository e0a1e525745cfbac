/**
 * What can be asked of a classic group, and the answers. Plain data without wire types: protocol versions have
 * become flags, error codes are names.
 */
import type { ErrorName } from '#protocol/error-codes.ts'
import type { GroupProtocol } from './classic-group.ts'

export interface JoinCommand {
  readonly type: 'join'
  readonly requestId: number
  /** '' for a member that has no id yet. */
  readonly memberId: string
  readonly groupInstanceId: string | undefined
  /** A fresh random part for an id, should the member need one. */
  readonly memberIdSuffix: string
  readonly clientId: string
  readonly clientHost: string
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  readonly protocolType: string
  readonly protocols: readonly GroupProtocol[]
  readonly reason: string | undefined
  /** The client can be told its member id and asked to come again with it (KIP-394, from version 4). */
  readonly requiresKnownMemberId: boolean
  /** The client understands that it leads a group whose assignment stays (KIP-814, from version 9). */
  readonly supportsSkippingAssignment: boolean
}

export interface SyncCommand {
  readonly type: 'sync'
  readonly requestId: number
  readonly memberId: string
  readonly groupInstanceId: string | undefined
  readonly generationId: number
  /** Checked against the group's where given. */
  readonly protocolType: string | undefined
  readonly protocolName: string | undefined
  /** By member id; from the leader only. */
  readonly assignments: ReadonlyMap<string, Buffer>
}

export interface MemberRequest {
  readonly memberId: string
  readonly groupInstanceId: string | undefined
  readonly generationId: number
}

export interface LeavingMember {
  /** '' removes by instance id, which is what an administrator does. */
  readonly memberId: string
  readonly groupInstanceId: string | undefined
  readonly reason: string | undefined
}

/** What a group does by itself, when a time has passed. */
export type TimedCommand =
  | { readonly type: 'sessionExpired'; readonly memberId: string }
  | { readonly type: 'joinExpired' }
  /** The initial rebalance waited `delayMs` and may wait `remainingMs` longer if members still come. */
  | { readonly type: 'initialDelayExpired'; readonly delayMs: number; readonly remainingMs: number }
  | { readonly type: 'syncExpired'; readonly generationId: number }

export interface JoinedMember {
  readonly memberId: string
  readonly groupInstanceId: string | undefined
  readonly metadata: Buffer
}

export interface JoinResult {
  readonly error: ErrorName
  readonly memberId: string
  /** -1 with an error. */
  readonly generationId: number
  readonly protocolType: string | undefined
  readonly protocolName: string | undefined
  /** Member id; '' with an error. */
  readonly leader: string
  readonly skipAssignment: boolean
  /** All members for the leader, nobody for the others. */
  readonly members: readonly JoinedMember[]
}

export interface SyncResult {
  readonly error: ErrorName
  readonly protocolType: string | undefined
  readonly protocolName: string | undefined
  readonly assignment: Buffer
}

export interface LeftMember {
  readonly memberId: string
  readonly groupInstanceId: string | undefined
  readonly error: ErrorName
}

export interface LeaveResult {
  readonly error: ErrorName
  readonly members: readonly LeftMember[]
}

export function joinError(error: ErrorName, memberId: string): JoinResult {
  return {
    error,
    memberId,
    generationId: -1,
    protocolType: undefined,
    protocolName: undefined,
    leader: '',
    skipAssignment: false,
    members: [],
  }
}

export function syncError(error: ErrorName): SyncResult {
  return { error, protocolType: undefined, protocolName: undefined, assignment: Buffer.alloc(0) }
}
