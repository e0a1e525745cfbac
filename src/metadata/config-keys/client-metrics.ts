/** Keys of a client-metrics subscription. */
import { listOfAny } from '../config-validators.ts'
import type { TopicKey } from './topic-key.ts'

export const clientMetricsKeys: readonly TopicKey[] = [
  { name: 'interval.ms', type: 'INT', default: '300000', importance: 'MEDIUM', brokerSynonyms: [] },
  {
    name: 'match',
    type: 'LIST',
    default: '',
    importance: 'MEDIUM',
    brokerSynonyms: [],
    valid: listOfAny({ empty: true }),
  },
  {
    name: 'metrics',
    type: 'LIST',
    default: '',
    importance: 'MEDIUM',
    brokerSynonyms: [],
    valid: listOfAny({ empty: true }),
  },
]
