/** ElectLeaders (API key 43): elects leaders of partitions, preferred or unclean. */
import { api, array, int16, int32, int8, message, string, type Infer } from '#protocol/schema.ts'

export const ElectLeadersRequest = message(
  { name: 'ElectLeadersRequest', apiKey: 43, validVersions: '0-2', flexibleVersions: '2+' },
  {
    electionType: int8('1+'),
    topicPartitions: array(
      '0+',
      {
        topic: string('0+'),
        partitions: array('0+', 'int32'),
      },
      { nullable: '0+' },
    ),
    timeoutMs: int32('0+', { default: 60000 }),
  },
)
export type ElectLeadersRequest = Infer<typeof ElectLeadersRequest>

export const ElectLeadersResponse = message(
  { name: 'ElectLeadersResponse', apiKey: 43, validVersions: '0-2', flexibleVersions: '2+' },
  {
    throttleTimeMs: int32('0+'),
    errorCode: int16('1+'),
    replicaElectionResults: array('0+', {
      topic: string('0+'),
      partitionResult: array('0+', {
        partitionId: int32('0+'),
        errorCode: int16('0+'),
        errorMessage: string('0+', { nullable: '0+' }),
      }),
    }),
  },
)
export type ElectLeadersResponse = Infer<typeof ElectLeadersResponse>

export const electLeaders = api('ElectLeaders', ElectLeadersRequest, ElectLeadersResponse)
