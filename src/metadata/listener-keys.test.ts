import assert from 'node:assert/strict'
import { test } from 'node:test'
import { baseName, listenerKey, listenerSetting } from './listener-keys.ts'

/** [name, the key behind it, when it can be changed] */
const keys: [string, string | undefined, string | undefined][] = [
  ['listener.name.plaintext.max.connections', 'max.connections', 'cluster-wide'],
  ['listener.name.a-b_c.ssl.keystore.type', 'ssl.keystore.type', 'per-broker'],
  ['listener.name..log.retention.ms', 'log.retention.ms', 'per-broker'],
  ['listener.name.x.scram-sha-256.sasl.jaas.config', 'sasl.jaas.config', 'per-broker'],
  ['listener.name.x.no.such', 'no.such', undefined],
  ['listener.name.x', undefined, undefined],
  ['max.connections', undefined, undefined],
]

for (const [name, base, update] of keys) {
  test(name, () => {
    assert.equal(baseName(name), base)
    assert.equal(listenerKey(name)?.update, update)
    if (update !== undefined) assert.equal(listenerKey(name)?.name, name)
  })
}

test('a listener is named in lower case', () => {
  assert.equal(listenerSetting('PLAINTEXT', 'max.connections'), 'listener.name.plaintext.max.connections')
})
