import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '#base/clock.ts'
import { silentLogger } from '#base/logger.ts'
import { SeededRandom } from '#base/random.ts'
import { MemoryMetadataStore } from '#storage/memory-metadata-store.ts'
import type { JoinResult } from './classic-commands.ts'
import { GroupCoordinator, type GroupCoordinatorConfig, type JoinRequest } from './group-coordinator.ts'
import { bytes, protocol, subscription, text } from './test-group.ts'

const day = 24 * 3600 * 1000

/** As the store on disk: what was asked within one turn of the event loop is one transaction. */
const endOfTurn = (commit: () => void): void => {
  setImmediate(commit)
}

/** Everything that can go on without waiting for the store has gone on. */
const settled = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

class Bench {
  readonly clock = new FakeClock()
  readonly topics = new Map([
    ['a', 'id-a'],
    ['b', 'id-b'],
  ])
  readonly config: GroupCoordinatorConfig
  readonly signal = new AbortController().signal
  store = new MemoryMetadataStore()
  groups!: GroupCoordinator

  private constructor(config: Partial<GroupCoordinatorConfig>) {
    this.config = {
      minSessionTimeoutMs: 6000,
      maxSessionTimeoutMs: 1_800_000,
      maxSize: 100,
      initialRebalanceDelayMs: 0,
      offsetMetadataMaxLength: 10,
      offsetsRetentionMs: 7 * day,
      offsetsRetentionCheckIntervalMs: 600_000,
      ...config,
    }
  }

  static async start(config: Partial<GroupCoordinatorConfig> = {}): Promise<Bench> {
    const bench = new Bench(config)
    await bench.open()
    return bench
  }

  async open(): Promise<void> {
    this.groups = new GroupCoordinator({
      store: this.store,
      rows: await this.store.load(),
      clock: this.clock,
      random: new SeededRandom(1),
      logger: silentLogger,
      config: this.config,
      topics: { topicId: topic => this.topics.get(topic) },
    })
  }

  /** As after a kill: what was only in memory is gone. */
  async crash(): Promise<void> {
    this.store = new MemoryMetadataStore({ rows: this.store.snapshot() })
    await this.groups.close()
    await this.open()
  }

  join(request: Partial<JoinRequest> = {}, signal = this.signal): Promise<JoinResult> {
    const defaults: JoinRequest = {
      groupId: 'g',
      memberId: '',
      groupInstanceId: undefined,
      clientId: 'c',
      clientHost: 'h',
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 60_000,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: subscription('a') }],
      reason: undefined,
      requiresKnownMemberId: false,
      supportsSkippingAssignment: true,
    }
    return this.groups.joinGroup({ ...defaults, ...request }, signal)
  }

  sync(memberId: string, generationId: number, assignments: Record<string, string> = {}) {
    const entries = Object.entries(assignments).map(([id, value]) => [id, bytes(value)] as const)
    const request = {
      groupId: 'g',
      memberId,
      generationId,
      groupInstanceId: undefined,
      protocolType: undefined,
      protocolName: undefined,
      assignments: new Map(entries),
    }
    return this.groups.syncGroup(request, this.signal)
  }

  heartbeat(memberId: string, generationId: number) {
    return this.groups.heartbeat('g', { memberId, generationId, groupInstanceId: undefined })
  }

  async commit(
    offset: bigint,
    options: {
      topic?: string
      groupId?: string
      memberId?: string
      generationId?: number
      retentionTimeMs?: number
      metadata?: string
      topicId?: string
    } = {},
  ): Promise<string> {
    const {
      topic = 'a',
      groupId = 'g',
      memberId = '',
      generationId = -1,
      retentionTimeMs = -1,
      metadata = 'm',
    } = options
    const topicId = options.topicId ?? this.topics.get(topic) ?? ''
    const results = await this.groups.commitOffsets(groupId, {
      memberId,
      generationId,
      groupInstanceId: undefined,
      retentionTimeMs,
      offsets: [{ topic, topicId, partition: 0, offset, leaderEpoch: 3, metadata }],
    })
    return results[0]!.error
  }

  async offset(topic = 'a', groupId = 'g'): Promise<bigint | undefined> {
    return (await this.groups.fetchOffsets(groupId, true)).get(topic)?.get(0)?.offset
  }

  /** From now on the store commits when it is told to, by the function that is returned. */
  async holdStore(): Promise<() => Promise<void>> {
    const held: (() => void)[] = []
    this.store = new MemoryMetadataStore({
      rows: this.store.snapshot(),
      schedule: commit => held.push(commit),
    })
    await this.groups.close()
    await this.open()
    return async () => {
      await settled()
      for (const commit of held.splice(0)) commit()
      await settled()
    }
  }

  /** One member that leads a stable group. */
  async stable(): Promise<{ memberId: string; generationId: number }> {
    const joining = this.join()
    await this.clock.advance(10)
    const { memberId, generationId } = await joining
    const { error } = await this.sync(memberId, generationId, { [memberId]: 'mine' })
    assert.equal(error, 'NONE')
    return { memberId, generationId }
  }
}

test('a group comes back after a crash: generation, assignment and offsets, with a fresh session', async () => {
  const bench = await Bench.start()
  const { memberId, generationId } = await bench.stable()
  assert.equal(await bench.commit(9223372036854775807n, { memberId, generationId }), 'NONE')
  await bench.clock.advance(9000)
  await bench.crash()
  await bench.clock.advance(9000)
  assert.equal(await bench.heartbeat(memberId, generationId), 'NONE')
  assert.equal(text((await bench.sync(memberId, generationId)).assignment), 'mine')
  assert.equal(await bench.offset(), 9223372036854775807n)
  await bench.clock.advance(10_000)
  assert.equal(await bench.heartbeat(memberId, generationId), 'UNKNOWN_MEMBER_ID')
  await bench.crash()
  assert.equal(bench.groups.describeGroup('g')!.state, 'Empty')
  assert.equal(bench.groups.counts.timers, 0)
})

test('a group that is too big for a lowered limit rebalances when it comes back', async () => {
  const bench = await Bench.start({ initialRebalanceDelayMs: 100 })
  const joins = [bench.join(), bench.join()]
  await bench.clock.advance(1000)
  const [leader, second] = (await Promise.all(joins)) as [JoinResult, JoinResult]
  const following = bench.sync(second.memberId, 1)
  await bench.sync(leader.memberId, 1)
  await following
  Object.assign(bench.config, { maxSize: 1 })
  await bench.crash()
  assert.equal(bench.groups.describeGroup('g')!.state, 'PreparingRebalance')
})

test('requests without a group, and group ids that are none', async () => {
  const bench = await Bench.start()
  assert.equal(await bench.heartbeat('m', 1), 'UNKNOWN_MEMBER_ID')
  assert.equal((await bench.sync('m', 1)).error, 'UNKNOWN_MEMBER_ID')
  assert.equal((await bench.join({ memberId: 'm' })).error, 'UNKNOWN_MEMBER_ID')
  assert.equal((await bench.join({ groupId: '' })).error, 'INVALID_GROUP_ID')
  assert.equal((await bench.join({ sessionTimeoutMs: 5999 })).error, 'INVALID_SESSION_TIMEOUT')
  assert.equal((await bench.join({ sessionTimeoutMs: 1_800_001 })).error, 'INVALID_SESSION_TIMEOUT')
  assert.equal((await bench.join({ protocols: [] })).error, 'INCONSISTENT_GROUP_PROTOCOL')
  assert.equal(await bench.commit(1n, { generationId: 1 }), 'GROUP_ID_NOT_FOUND')
  assert.equal(await bench.groups.deleteGroup('g'), 'GROUP_ID_NOT_FOUND')
  assert.equal((await bench.groups.deleteOffsets('g', [])).error, 'GROUP_ID_NOT_FOUND')
  const left = await bench.groups.leaveGroup('g', [
    { memberId: 'm', groupInstanceId: undefined, reason: undefined },
  ])
  assert.deepEqual([left.error, left.members[0]!.error], ['NONE', 'UNKNOWN_MEMBER_ID'])
  assert.deepEqual(bench.groups.counts, { groups: 0, waiting: 0, timers: 0 })
  assert.equal(bench.store.snapshot().groups.length, 0)
})

test('a store that fails leaves no trace in memory, whatever was asked', async () => {
  const bench = await Bench.start()
  bench.store.fail()
  assert.equal((await bench.join()).error, 'NOT_COORDINATOR')
  assert.equal(await bench.commit(5n), 'NOT_COORDINATOR')
  assert.deepEqual(bench.groups.counts, { groups: 0, waiting: 0, timers: 0 })
  bench.store.heal()

  const { memberId, generationId } = await bench.stable()
  assert.equal(await bench.commit(5n, { memberId, generationId }), 'NONE')
  bench.store.fail()
  assert.equal(await bench.commit(6n, { memberId, generationId }), 'NOT_COORDINATOR')
  assert.equal(await bench.offset(), 5n)
  const leaving = { memberId, groupInstanceId: undefined, reason: undefined }
  assert.equal((await bench.groups.leaveGroup('g', [leaving])).error, 'NOT_COORDINATOR')
  assert.equal(await bench.heartbeat(memberId, generationId), 'NONE')
  bench.store.heal()
  assert.equal((await bench.groups.leaveGroup('g', [leaving])).members[0]!.error, 'NONE')
  bench.store.fail()
  assert.equal(await bench.groups.deleteGroup('g'), 'NOT_COORDINATOR')
  assert.equal(
    (await bench.groups.deleteOffsets('g', [{ topic: 'a', partition: 0 }])).error,
    'NOT_COORDINATOR',
  )
  assert.equal(await bench.offset(), 5n)
  bench.store.heal()
  assert.equal(await bench.groups.deleteGroup('g'), 'NONE')
  assert.deepEqual(bench.groups.counts, { groups: 0, waiting: 0, timers: 0 })
  assert.deepEqual(bench.store.snapshot().offsets, [])
})

test('an assignment that could not be stored is answered to all who wait, and the group rebalances', async () => {
  const bench = await Bench.start({ initialRebalanceDelayMs: 100 })
  const joins = [bench.join(), bench.join()]
  await bench.clock.advance(1000)
  const [leader, second] = (await Promise.all(joins)) as [JoinResult, JoinResult]
  const following = bench.sync(second.memberId, 1)
  bench.store.failTransaction()
  assert.equal((await bench.sync(leader.memberId, 1)).error, 'NOT_COORDINATOR')
  assert.equal((await following).error, 'NOT_COORDINATOR')
  const again = [bench.join({ memberId: leader.memberId }), bench.join({ memberId: second.memberId })]
  assert.deepEqual(
    (await Promise.all(again)).map(({ generationId }) => generationId),
    [2, 2],
  )
})

test('what a timer wanted is tried again when the store could not take it', async () => {
  const bench = await Bench.start()
  await bench.stable()
  bench.store.fail()
  await bench.clock.advance(15_000)
  assert.equal(bench.groups.describeGroup('g')!.state, 'Stable')
  bench.store.heal()
  await bench.clock.advance(1000)
  assert.equal(bench.groups.describeGroup('g')!.state, 'Empty')
})

test('a request whose connection ends is let go; its member stays until its session ends', async () => {
  const bench = await Bench.start()
  const { memberId } = await bench.stable()
  const controller = new AbortController()
  const joining = bench.join({}, controller.signal)
  await bench.clock.advance(100)
  assert.equal(bench.groups.counts.waiting, 1)
  controller.abort()
  assert.equal((await joining).error, 'NOT_COORDINATOR')
  assert.equal(bench.groups.counts.waiting, 0)
  assert.equal((await bench.join({ memberId })).generationId, 2)
  await bench.clock.advance(600_000)
  assert.equal(bench.groups.describeGroup('g')?.members.length ?? 0, 0)
  assert.equal(bench.groups.counts.timers, 0)
})

test('at the end all who wait are answered and nothing runs on', async () => {
  const bench = await Bench.start({ initialRebalanceDelayMs: 3000 })
  const joining = bench.join()
  await bench.clock.advance(10)
  await bench.groups.close()
  assert.equal((await joining).error, 'NOT_COORDINATOR')
  assert.equal((await bench.join()).error, 'COORDINATOR_NOT_AVAILABLE')
  assert.equal(bench.clock.pendingCount, 0)
})

test('commits of tools make a simple group, which a restart brings back', async () => {
  const bench = await Bench.start()
  assert.equal(await bench.commit(-5n, { metadata: 'x'.repeat(10) }), 'NONE')
  assert.equal(await bench.commit(7n, { metadata: 'x'.repeat(11) }), 'OFFSET_METADATA_TOO_LARGE')
  assert.equal(await bench.commit(7n, { topicId: 'of another topic' }), 'UNKNOWN_TOPIC_OR_PARTITION')
  assert.equal(await bench.offset(), -5n)
  await bench.crash()
  assert.deepEqual(bench.groups.describeGroup('g'), {
    groupId: 'g',
    state: 'Empty',
    protocolType: '',
    protocolName: '',
    members: [],
  })
  assert.deepEqual(bench.groups.listGroups(), [
    { groupId: 'g', protocolType: '', state: 'Empty', kind: 'classic' },
  ])
  assert.equal(await bench.offset(), -5n)
  assert.equal((await bench.groups.fetchOffsets('other', false)).size, 0)
})

test('commits of one turn share a transaction and keep their order', async () => {
  const bench = await Bench.start()
  bench.store = new MemoryMetadataStore({ schedule: endOfTurn })
  await bench.open()
  const before = bench.store.transactionCount
  const commits = Array.from({ length: 50 }, (_, index) => bench.commit(BigInt(index)))
  assert(new Set(await Promise.all(commits)).size === 1)
  assert.equal(await bench.offset(), 49n)
  assert.equal(bench.store.transactionCount - before, 1)
})

test('offsets of topics that the group reads stay, others can be deleted', async () => {
  const bench = await Bench.start()
  const { memberId, generationId } = await bench.stable()
  await bench.commit(1n, { memberId, generationId })
  await bench.commit(2n, { memberId, generationId, topic: 'b' })
  const both = [
    { topic: 'a', partition: 0 },
    { topic: 'b', partition: 0 },
    { topic: 'b', partition: 9 },
  ]
  const { partitions } = await bench.groups.deleteOffsets('g', both)
  assert.deepEqual(
    partitions.map(({ error }) => error),
    ['GROUP_SUBSCRIBED_TO_TOPIC', 'NONE', 'NONE'],
  )
  assert.equal(await bench.offset('a'), 1n)
  assert.equal(await bench.offset('b'), undefined)
  assert.equal(await bench.groups.deleteGroup('g'), 'NON_EMPTY_GROUP')
  await bench.crash()
  assert.equal(await bench.offset('b'), undefined)
})

test('a group of another protocol type must be empty for its offsets to be deleted', async () => {
  const bench = await Bench.start()
  const joining = bench.join({ protocolType: 'connect', protocols: [protocol('default')] })
  await bench.clock.advance(10)
  await joining
  assert.equal((await bench.groups.deleteOffsets('g', [])).error, 'NON_EMPTY_GROUP')
})

test('a topic takes its offsets along, also those that were on their way', async () => {
  const bench = await Bench.start()
  await bench.commit(1n)
  const late = bench.commit(2n)
  await Promise.resolve()
  bench.topics.delete('a')
  await bench.store.commit([{ type: 'deleteTopic', name: 'a' }])
  bench.groups.onTopicsDeleted(['a'])
  await late
  assert.equal(await bench.offset(), undefined)
  assert.deepEqual(bench.store.snapshot().offsets, [])
  bench.topics.set('a', 'a new one')
  await bench.crash()
  assert.equal(await bench.offset(), undefined)
})

test('a commit that reaches the store after the deletion of its topic leaves no row', async () => {
  const bench = await Bench.start()
  const flush = await bench.holdStore()
  const deleting = bench.store.commit([{ type: 'deleteTopic', name: 'a' }])
  const late = bench.commit(2n)
  await settled()
  bench.topics.delete('a')
  await flush()
  await deleting
  await flush()
  await late
  assert.deepEqual(bench.store.snapshot().offsets, [])
  assert.equal(await bench.offset(), undefined)
})

test('only a fetch that wants stable offsets waits for commits', async () => {
  const bench = await Bench.start()
  await bench.commit(1n)
  const flush = await bench.holdStore()
  const committing = bench.commit(2n)
  await settled()
  assert.equal((await bench.groups.fetchOffsets('g', false)).get('a')!.get(0)!.offset, 1n)
  const fetching = bench.offset()
  await flush()
  assert.equal(await fetching, 2n)
  assert.equal(await committing, 'NONE')
})

test('a deletion waits for commits that came before it', async () => {
  const bench = await Bench.start()
  const flush = await bench.holdStore()
  const committing = bench.commit(1n)
  await settled()
  const deleting = bench.groups.deleteGroup('g')
  await flush()
  assert.equal(await committing, 'NONE')
  await flush()
  assert.equal(await deleting, 'NONE')
  assert.deepEqual(bench.store.snapshot().offsets, [])
})

test('a session that runs out while the store is busy with that member’s request goes on', async () => {
  const bench = await Bench.start()
  const { memberId } = await bench.stable()
  const flush = await bench.holdStore()
  assert.equal((await bench.join({ memberId })).generationId, 2)
  const syncing = bench.sync(memberId, 2)
  await bench.clock.advance(15_000)
  await flush()
  assert.equal((await syncing).error, 'NONE')
  assert.equal(await bench.heartbeat(memberId, 2), 'NONE')
})

test('a row of a topic that does not exist is not taken up, and removed', async () => {
  const bench = await Bench.start()
  await bench.commit(1n)
  bench.topics.delete('a')
  await bench.crash()
  assert.equal(bench.groups.counts.groups, 0)
  await bench.clock.advance(1)
  assert.deepEqual(bench.store.snapshot().offsets, [])
})

test('offsets expire on the check after their time, and the empty group with the last of them', async () => {
  const bench = await Bench.start()
  await bench.commit(1n)
  await bench.commit(2n, { topic: 'b', retentionTimeMs: day })
  await bench.clock.advance(day + 600_000)
  assert.equal(await bench.offset('b'), undefined)
  assert.equal(await bench.offset('a'), 1n)
  await bench.clock.advance(6 * day)
  assert.equal(bench.groups.counts.groups, 0)
  const rows = bench.store.snapshot()
  assert.deepEqual([rows.groups, rows.offsets], [[], []])
})

test('a group that was left keeps its offsets for the retention time from then on', async () => {
  const bench = await Bench.start()
  const { memberId, generationId } = await bench.stable()
  await bench.commit(1n, { memberId, generationId })
  for (let hours = 0; hours < 24; hours++) {
    await bench.clock.advance(5000)
    assert.equal(await bench.heartbeat(memberId, generationId), 'NONE')
  }
  await bench.groups.leaveGroup('g', [{ memberId, groupInstanceId: undefined, reason: undefined }])
  await bench.clock.advance(7 * day - 600_000)
  await bench.crash()
  await bench.clock.advance(599_999)
  assert.equal(await bench.offset(), 1n)
  await bench.clock.advance(1_200_000)
  assert.equal(await bench.offset(), undefined)
})

test('thousands of empty groups cost neither timers nor waiting requests', async () => {
  const bench = await Bench.start()
  await Promise.all(Array.from({ length: 2000 }, (_, index) => bench.commit(1n, { groupId: `g${index}` })))
  assert.deepEqual(bench.groups.counts, { groups: 2000, waiting: 0, timers: 0 })
  assert.equal(bench.clock.pendingCount, 1)
})
