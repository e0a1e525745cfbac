/** Reads the files of test/data. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** A key of config-keys.ndjson. */
export interface KafkaConfigKey {
  readonly section: 'broker' | 'topic' | 'group' | 'clientMetrics' | 'brokerQuota'
  readonly name: string
  readonly type: string
  readonly default?: string | null
  readonly importance: string
  readonly update?: string
  readonly brokerSynonyms?: readonly string[]
  readonly described?: boolean
  readonly readOnly?: boolean
  readonly sensitive?: boolean
}

/** A line of config-values.ndjson.gz. */
export interface KafkaConfigValue {
  readonly kind: 'broker' | 'topic' | 'group' | 'client-metrics'
  readonly name: string
  readonly value: string
  readonly text?: string | null
  readonly fault?: string
  readonly start?: string
}

/** A line of config-changes.ndjson.gz. */
export interface KafkaConfigChange {
  readonly type: number
  readonly resource: string
  readonly name: string
  readonly operation: number
  readonly value: string | null
  readonly error: string
  readonly message?: string
}

export function configKeys(): KafkaConfigKey[] {
  return lines('config-keys.ndjson') as KafkaConfigKey[]
}

export function configValues(): KafkaConfigValue[] {
  return lines('config-values.ndjson.gz') as KafkaConfigValue[]
}

export function configChanges(): KafkaConfigChange[] {
  return lines('config-changes.ndjson.gz') as KafkaConfigChange[]
}

function lines(file: string): unknown[] {
  const bytes = readFileSync(new URL(`../data/${file}`, import.meta.url))
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  // JSON strings hold line separators of other kinds.
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as unknown)
}
