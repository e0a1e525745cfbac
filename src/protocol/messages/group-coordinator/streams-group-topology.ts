/** Key and value of a record: the topology of a streams group. */
import { array, int16, int32, message, string, type Infer } from '#protocol/schema.ts'

export const StreamsGroupTopologyKey = message(
  { name: 'StreamsGroupTopologyKey', apiKey: 23, validVersions: '0', flexibleVersions: 'none' },
  {
    groupId: string('0'),
  },
)
export type StreamsGroupTopologyKey = Infer<typeof StreamsGroupTopologyKey>

const topicConfig = {
  key: string('0+'),
  value: string('0+'),
}

const topicInfo = {
  name: string('0+'),
  partitions: int32('0+'),
  replicationFactor: int16('0+'),
  topicConfigs: array('0+', topicConfig),
}

export const StreamsGroupTopologyValue = message(
  { name: 'StreamsGroupTopologyValue', apiKey: 23, validVersions: '0', flexibleVersions: '0+' },
  {
    epoch: int32('0+'),
    subtopologies: array('0+', {
      subtopologyId: string('0+'),
      sourceTopics: array('0+', 'string'),
      sourceTopicRegex: array('0+', 'string'),
      stateChangelogTopics: array('0+', topicInfo),
      repartitionSinkTopics: array('0+', 'string'),
      repartitionSourceTopics: array('0+', topicInfo),
      copartitionGroups: array('0+', {
        sourceTopics: array('0+', 'int16'),
        sourceTopicRegex: array('0+', 'int16'),
        repartitionSourceTopics: array('0+', 'int16'),
      }),
    }),
  },
)
export type StreamsGroupTopologyValue = Infer<typeof StreamsGroupTopologyValue>
