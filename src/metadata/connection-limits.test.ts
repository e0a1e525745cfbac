import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BrokerConfig } from './broker-config.ts'
import { maxConnectionsOf } from './connection-limits.ts'

test('an address with a limit of its own has that, others have the common one', () => {
  const set = new Map([
    ['max.connections.per.ip', '7'],
    ['max.connections.per.ip.overrides', '127.0.0.1:100, ::1:5'],
  ])
  const config = BrokerConfig.resolve({ set })
  assert.deepEqual(
    ['127.0.0.1', '::1', '10.0.0.1'].map(host => maxConnectionsOf(config, host)),
    [100, 5, 7],
  )
  config.setDynamic(new Map([['max.connections.per.ip.overrides', '10.0.0.1:1']]), new Map())
  assert.deepEqual(
    ['127.0.0.1', '10.0.0.1'].map(host => maxConnectionsOf(config, host)),
    [7, 1],
  )
})
