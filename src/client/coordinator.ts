/**
 * Requests to the broker that coordinates one group: found when needed, found again when it has changed.
 */
import { findCoordinator } from '#protocol/messages/find-coordinator.ts'
import type { ApiMessage } from '#protocol/schema.ts'
import { ConnectionError, KafkaError, throwOnError } from './client-error.ts'
import type { BrokerNode, Cluster, Target } from './cluster.ts'
import type { CallOptions } from './connection.ts'

/** One key instead of a list of keys, up to this version. */
const newestFindCoordinator = 3

export class GroupCoordinator {
  readonly groupId: string
  readonly #cluster: Cluster
  readonly #lane: Pick<Target, 'lane'>
  #node: Promise<BrokerNode> | undefined

  /** @param lane for members, whose requests may wait for other members */
  constructor(cluster: Cluster, groupId: string, lane?: number) {
    this.#cluster = cluster
    this.groupId = groupId
    this.#lane = lane === undefined ? {} : { lane }
  }

  node(): Promise<BrokerNode> {
    this.#node ??= this.#find().catch((error: unknown) => {
      this.#node = undefined
      throw error
    })
    return this.#node
  }

  /**
   * One call, once. An answer with NOT_COORDINATOR and the like must be thrown inside `retrying`.
   * @throws ConnectionError, KafkaError
   */
  async call<RequestInput, Response>(
    api: ApiMessage<never, never, RequestInput, Response>,
    request: RequestInput,
    options?: CallOptions,
  ): Promise<Response> {
    const { id } = await this.node()
    return this.#cluster.call({ nodeId: id, ...this.#lane }, api, request, options)
  }

  /** Tries again what passes, with the coordinator as it is by then. */
  retrying<Result>(attempt: () => Promise<Result>, withinMs?: number): Promise<Result> {
    return this.#cluster.retrying(attempt, {
      onRetry: error => this.noteFailure(error),
      ...(withinMs === undefined ? {} : { withinMs }),
    })
  }

  /** Looks for the coordinator anew the next time, where `error` says that it has moved. */
  noteFailure(error: unknown): void {
    const hasMoved =
      error instanceof ConnectionError ||
      (error instanceof KafkaError &&
        (error.errorName === 'NOT_COORDINATOR' || error.errorName === 'COORDINATOR_NOT_AVAILABLE'))
    if (hasMoved) this.#node = undefined
  }

  async #find(): Promise<BrokerNode> {
    const response = await this.#cluster.call(
      {},
      findCoordinator,
      { key: this.groupId },
      { maxVersion: newestFindCoordinator },
    )
    throwOnError(response.errorCode, `coordinator of group '${this.groupId}'`, response.errorMessage)
    const { nodeId: id, host, port } = response
    this.#cluster.addNode(id, { host, port })
    return { id, host, port, rack: undefined }
  }
}
