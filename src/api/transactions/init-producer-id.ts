/**
 * InitProducerId (API key 22), versions 0–5: a producer id for an idempotent producer (KIP-98).
 * Work: transactions/producer-ids.ts.
 * Gaps: transactions are not there: a transactional id is refused with INVALID_REQUEST, which ends a client's attempt
 * at once, where a coordinator error would keep it trying.
 */
import { initProducerId } from '#protocol/messages/init-producer-id.ts'
import type { InitProducerIdRequest, InitProducerIdResponse } from '#protocol/messages/init-producer-id.ts'
import { errorCode, type ErrorName } from '#protocol/error-codes.ts'
import type { Input } from '#protocol/schema.ts'
import { StorageError } from '#storage/storage-error.ts'
import type { Handler } from '../handler.ts'

type Response = Input<typeof InitProducerIdResponse>

export const initProducerIdHandler: Handler<InitProducerIdRequest, Response> = {
  message: initProducerId,
  versions: { min: 0, max: 5 },
  async handle({ services }, { transactionalId, producerId, producerEpoch }) {
    if (transactionalId !== null) return failed('INVALID_REQUEST')
    // One of the two without the other is a mistake of the client (KIP-360).
    if (producerId === -1 ? producerEpoch !== -1 : producerEpoch === -1) return failed('INVALID_REQUEST')
    try {
      return { producerId: await services.producerIds.next(), producerEpoch: 0 }
    } catch (error) {
      if (error instanceof StorageError) return failed('COORDINATOR_NOT_AVAILABLE')
      throw error
    }
  },
}

function failed(error: ErrorName): Response {
  return { errorCode: errorCode(error), producerId: -1, producerEpoch: -1 }
}
