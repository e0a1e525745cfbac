/** AlterClientQuotas (API key 49): sets and removes quotas. */
import { api, array, bool, float64, int16, int32, message, string, type Infer } from '#protocol/schema.ts'

export const AlterClientQuotasRequest = message(
  { name: 'AlterClientQuotasRequest', apiKey: 49, validVersions: '0-1', flexibleVersions: '1+' },
  {
    entries: array('0+', {
      entity: array('0+', {
        entityType: string('0+'),
        entityName: string('0+', { nullable: '0+' }),
      }),
      ops: array('0+', {
        key: string('0+'),
        value: float64('0+'),
        remove: bool('0+'),
      }),
    }),
    validateOnly: bool('0+'),
  },
)
export type AlterClientQuotasRequest = Infer<typeof AlterClientQuotasRequest>

export const AlterClientQuotasResponse = message(
  { name: 'AlterClientQuotasResponse', apiKey: 49, validVersions: '0-1', flexibleVersions: '1+' },
  {
    throttleTimeMs: int32('0+'),
    entries: array('0+', {
      errorCode: int16('0+'),
      errorMessage: string('0+', { nullable: '0+' }),
      entity: array('0+', {
        entityType: string('0+'),
        entityName: string('0+', { nullable: '0+' }),
      }),
    }),
  },
)
export type AlterClientQuotasResponse = Infer<typeof AlterClientQuotasResponse>

export const alterClientQuotas = api('AlterClientQuotas', AlterClientQuotasRequest, AlterClientQuotasResponse)
