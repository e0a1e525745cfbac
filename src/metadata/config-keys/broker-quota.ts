/**
 * Keys that brokers take as dynamic settings only: the throttle that Kafka's reassignment tool sets. They are shown
 * where they are set; there is no replication here to slow down.
 */
import { atLeast } from '../config-validators.ts'
import { long } from './broker-key.ts'
import type { BrokerKey } from './broker-key.ts'

export const brokerQuotaKeys: readonly BrokerKey[] = [
  long('follower.replication.throttled.rate', '9223372036854775807', 'MEDIUM', 'cluster-wide', {
    valid: atLeast(0),
  }),
  long('leader.replication.throttled.rate', '9223372036854775807', 'MEDIUM', 'cluster-wide', {
    valid: atLeast(0),
  }),
  long('replica.alter.log.dirs.io.max.bytes.per.second', '9223372036854775807', 'MEDIUM', 'cluster-wide', {
    valid: atLeast(0),
  }),
]
