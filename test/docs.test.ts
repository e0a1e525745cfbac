import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { handlers } from '#api/index.ts'
import { compatibilityDocument } from '../scripts/docs/compatibility.ts'
import { kafkaApis } from '../scripts/docs/kafka-apis.ts'

test('docs/compatibility.md is what npm run docs makes', () => {
  const committed = readFileSync(new URL('../docs/compatibility.md', import.meta.url), 'utf8')
  assert.equal(compatibilityDocument(), committed, 'run npm run docs and commit docs/compatibility.md')
})

test('every version that is answered is one that Kafka advertises', () => {
  for (const { message, versions, advertisedMin } of handlers) {
    const kafka = kafkaApis.find(({ key }) => key === message.key)
    assert.deepEqual(
      { name: message.name, min: advertisedMin ?? versions.min, max: versions.max },
      { name: kafka?.name, min: kafka?.min, max: kafka?.max },
    )
  }
})
