/** DescribeClientQuotas (API key 48): lists the quotas of users, client ids and addresses. */
import {
  api,
  array,
  bool,
  float64,
  int16,
  int32,
  int8,
  message,
  string,
  type Infer,
} from '#protocol/schema.ts'

export const DescribeClientQuotasRequest = message(
  { name: 'DescribeClientQuotasRequest', apiKey: 48, validVersions: '0-1', flexibleVersions: '1+' },
  {
    components: array('0+', {
      entityType: string('0+'),
      matchType: int8('0+'),
      match: string('0+', { nullable: '0+' }),
    }),
    strict: bool('0+'),
  },
)
export type DescribeClientQuotasRequest = Infer<typeof DescribeClientQuotasRequest>

export const DescribeClientQuotasResponse = message(
  { name: 'DescribeClientQuotasResponse', apiKey: 48, validVersions: '0-1', flexibleVersions: '1+' },
  {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+' }),
    entries: array(
      '0+',
      {
        entity: array('0+', {
          entityType: string('0+'),
          entityName: string('0+', { nullable: '0+' }),
        }),
        values: array('0+', {
          key: string('0+'),
          value: float64('0+'),
        }),
      },
      { nullable: '0+' },
    ),
  },
)
export type DescribeClientQuotasResponse = Infer<typeof DescribeClientQuotasResponse>

export const describeClientQuotas = api(
  'DescribeClientQuotas',
  DescribeClientQuotasRequest,
  DescribeClientQuotasResponse,
)
