/** Key and value of a record: the topics that a subscribed regular expression matched. */
import { array, int64, message, string, type Infer } from '#protocol/schema.ts'

export const ConsumerGroupRegularExpressionKey = message(
  { name: 'ConsumerGroupRegularExpressionKey', apiKey: 16, validVersions: '0', flexibleVersions: 'none' },
  {
    groupId: string('0'),
    regularExpression: string('0'),
  },
)
export type ConsumerGroupRegularExpressionKey = Infer<typeof ConsumerGroupRegularExpressionKey>

export const ConsumerGroupRegularExpressionValue = message(
  { name: 'ConsumerGroupRegularExpressionValue', apiKey: 16, validVersions: '0', flexibleVersions: '0+' },
  {
    topics: array('0+', 'string'),
    version: int64('0+'),
    timestamp: int64('0+'),
  },
)
export type ConsumerGroupRegularExpressionValue = Infer<typeof ConsumerGroupRegularExpressionValue>
