import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Argument, Command } from 'commander'
import { findSpot, type Spot } from './spot.ts'

function program(): Command {
  const list = new Command('list').alias('ls')
  const move = new Command('move')
    .argument('<from>')
    .argument('<to...>')
    .option('-n, --num <n>')
    .option('-f, --force')
    .option('--brokers <host:port,..>')
  const plain = new Command('plain').addArgument(new Argument('<one>'))
  const things = new Command('things').alias('thing').addCommand(list).addCommand(move)
  return new Command('odradek').addCommand(things).addCommand(plain)
}

function describe(spot: Spot): string {
  if (spot.kind === 'command') return `command of ${spot.parent.name()}`
  if (spot.kind === 'option') return `option of ${spot.command.name()}`
  if (spot.kind === 'nothing') return 'nothing'
  const { of, line, before } = spot
  const what = of instanceof Argument ? `<${of.name()}>` : of.long
  return [what, before, line.positional.join('+'), JSON.stringify(line.options)].join(' ')
}

const cases: readonly [line: string, spot: string][] = [
  ['', 'command of odradek'],
  ['thi', 'command of odradek'],
  ['things ', 'command of things'],
  ['thing m', 'command of things'],
  ['things list ', 'nothing'],
  ['help ', 'command of odradek'],
  ['help things ', 'command of things'],
  ['help plain ', 'nothing'],
  ['unknown ', 'nothing'],
  ['plain ', '<one>   {}'],
  ['plain x ', 'nothing'],
  ['things move ', '<from>   {}'],
  ['things move a b c', '<to>  a+b {}'],
  ['things move -', 'option of move'],
  ['things move --', 'option of move'],
  ['things move a --nu', 'option of move'],
  ['things move a --num ', '--num  a {}'],
  ['things move -n ', '--num   {}'],
  ['things move -fn ', '--num   {}'],
  ['things move --num=', '--num --num=  {}'],
  ['things move --force=', 'nothing'],
  ['things move --nonsense=', 'nothing'],
  ['things move --force ', '<from>   {}'],
  ['things move --num 3 --brokers=h:1 a ', '<to>  a {"num":"3","brokers":"h:1"}'],
  ['things move -n3 -f ', '<from>   {"num":"3"}'],
  ['things move -n -3 ', '<from>   {"num":"-3"}'],
  ['things move -- -n ', '<to>  -n {}'],
  ['things move -- -', '<from>   {}'],
]

for (const [line, expected] of cases) {
  test(`the cursor after '${line}' is at ${expected}`, () => {
    assert.equal(describe(findSpot(program(), line.split(' '))), expected)
  })
}
