/** DescribeConfigs (API key 32): reads the configs of topics, brokers, groups and other resources. */
import { api, array, bool, int16, int32, int8, message, string, type Infer } from '#protocol/schema.ts'

export const DescribeConfigsRequest = message(
  { name: 'DescribeConfigsRequest', apiKey: 32, validVersions: '1-4', flexibleVersions: '4+' },
  {
    resources: array('0+', {
      resourceType: int8('0+'),
      resourceName: string('0+'),
      configurationKeys: array('0+', 'string', { nullable: '0+' }),
    }),
    includeSynonyms: bool('1+'),
    includeDocumentation: bool('3+'),
  },
)
export type DescribeConfigsRequest = Infer<typeof DescribeConfigsRequest>

export const DescribeConfigsResponse = message(
  { name: 'DescribeConfigsResponse', apiKey: 32, validVersions: '1-4', flexibleVersions: '4+' },
  {
    throttleTimeMs: int32('0+'),
    results: array('0+', {
      errorCode: int16('0+'),
      errorMessage: string('0+', { nullable: '0+' }),
      resourceType: int8('0+'),
      resourceName: string('0+'),
      configs: array('0+', {
        name: string('0+'),
        value: string('0+', { nullable: '0+' }),
        readOnly: bool('0+'),
        configSource: int8('1+', { default: -1, ignorable: true }),
        isSensitive: bool('0+'),
        synonyms: array(
          '1+',
          {
            name: string('1+'),
            value: string('1+', { nullable: '0+' }),
            source: int8('1+'),
          },
          { ignorable: true },
        ),
        configType: int8('3+', { ignorable: true }),
        documentation: string('3+', { nullable: '0+', ignorable: true }),
      }),
    }),
  },
)
export type DescribeConfigsResponse = Infer<typeof DescribeConfigsResponse>

export const describeConfigs = api('DescribeConfigs', DescribeConfigsRequest, DescribeConfigsResponse)
