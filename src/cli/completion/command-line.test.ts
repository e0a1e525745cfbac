import assert from 'node:assert/strict'
import { test } from 'node:test'
import { quoteForBash, splitCommandLine } from './command-line.ts'

/** What bash has at first. */
const breaks = ' \t\n"\'><=;|&(:'

const cases: readonly [line: string, words: string[], kept?: number, quote?: string][] = [
  ['', ['']],
  ['odradek', ['odradek']],
  ['odradek ', ['odradek', '']],
  ['odradek  topics\tlist ', ['odradek', 'topics', 'list', '']],
  ["o 'a b' c\\ d", ['o', 'a b', 'c d']],
  ['o "a b', ['o', 'a b'], 0, '"'],
  ['o "a \\"b" c', ['o', 'a "b', 'c']],
  ["o 'a\\", ['o', 'a\\'], 0, "'"],
  ["o '' ", ['o', '', '']],
  ['o --set=a.b=c', ['o', '--set=a.b=c'], 10],
  ['o --set=a', ['o', '--set=a'], 6],
  ['o -t orders:1,2', ['o', '-t', 'orders:1,2'], 7],
  ['o -b h:1 x', ['o', '-b', 'h:1', 'x']],
  ['cat x | o consume a', ['o', 'consume', 'a']],
  ['cd y && o consume ', ['o', 'consume', '']],
  ['o \\', ['o', '']],
]

for (const [line, words, keptCharacters = 0, openQuote = ''] of cases) {
  test(`bash's line ${JSON.stringify(line)} is split`, () => {
    assert.deepEqual(splitCommandLine(line, breaks), { words, keptCharacters, openQuote })
  })
}

test('what is not plain is quoted for bash', () => {
  assert.equal(quoteForBash('orders-1.x=y:/%@+,_'), 'orders-1.x=y:/%@+,_')
  assert.equal(quoteForBash("my group's $(x)"), "my\\ group\\'s\\ \\$\\(x\\)")
})
