import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkFeatureUpdates, eligibleLeaderReplicas, FeatureLevels, metadataVersion } from './features.ts'

const elr = eligibleLeaderReplicas.name

test('levels that nobody chose are the defaults', () => {
  const levels = new FeatureLevels()
  assert.deepEqual([levels.level(metadataVersion), levels.level(eligibleLeaderReplicas)], [30, 1])
  assert.equal(levels.text(), '')
})

test('what was chosen outlives its text', () => {
  const levels = new FeatureLevels().updated([{ name: elr, level: 0, upgradeType: 'SAFE_DOWNGRADE' }])
  assert.equal(levels.isElrEnabled, false)
  assert.equal(new FeatureLevels(levels.text()).isElrEnabled, false)
})

for (const text of [`${elr}=7`, `${elr}=`, 'other.version=1', ',', `${elr}=x`, `${elr}=-1`, `${elr}=0.5`]) {
  test(`a row that this release does not know is passed over: '${text}'`, () => {
    assert.equal(new FeatureLevels(text).level(eligibleLeaderReplicas), 1)
  })
}

test('of two updates of one feature the last counts', () => {
  const levels = new FeatureLevels()
  const wrong = { name: elr, level: 9, upgradeType: 'UPGRADE' } as const
  const right = { name: elr, level: 1, upgradeType: 'UPGRADE' } as const
  assert.equal(checkFeatureUpdates([wrong, right], levels, 1), undefined)
  assert.equal(checkFeatureUpdates([right, wrong], levels, 1)?.error, 'INVALID_UPDATE_VERSION')
})
