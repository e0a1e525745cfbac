/**
 * UnregisterBroker (API key 64), version 0: makes the cluster forget a broker that is gone for good.
 * Gaps: the one broker there is cannot be forgotten while it runs.
 */
import { errorCode } from '#protocol/error-codes.ts'
import { unregisterBroker } from '#protocol/messages/unregister-broker.ts'
import type {
  UnregisterBrokerRequest,
  UnregisterBrokerResponse,
} from '#protocol/messages/unregister-broker.ts'
import type { Input } from '#protocol/schema.ts'
import type { Handler } from '../handler.ts'

export const unregisterBrokerHandler: Handler<
  UnregisterBrokerRequest,
  Input<typeof UnregisterBrokerResponse>
> = {
  message: unregisterBroker,
  versions: { min: 0, max: 0 },
  handle({ services }, { brokerId }) {
    if (brokerId === services.brokerId) {
      return {
        errorCode: errorCode('INVALID_REQUEST'),
        errorMessage: `Broker ID ${brokerId} is in use: it is the broker that this request was sent to.`,
      }
    }
    return {
      errorCode: errorCode('BROKER_ID_NOT_REGISTERED'),
      errorMessage: `Broker ID ${brokerId} is not currently registered`,
    }
  },
}
