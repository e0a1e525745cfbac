// What DumpLogSegments 4.3.1 printed of sound segments and of damaged copies of them.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FaultReader } from './faults.ts'

const BATCH =
  'baseOffset: 1273 lastOffset: 1276 count: 4 baseSequence: 1273 lastSequence: 1276 producerId: 754 producerEpoch: 0 ' +
  'partitionLeaderEpoch: 0 isTransactional: false isControl: false deleteHorizonMs: OptionalLong.empty position: 3297 ' +
  'CreateTime: 1795521938297 size: 3297 magic: 2 compresscodec: none crc: 3000849948 isvalid: true'

function read(lines: string[], allowGaps = false): string[] {
  const reader = new FaultReader({ allowGaps })
  for (const line of ['Dumping 0.log', 'Log starting offset: 0', ...lines]) reader.line(line)
  return reader.faults.map(each => `${each.file}: ${each.what}`)
}

describe('faults in the output of DumpLogSegments', () => {
  test('none in a sound segment, though the tool calls its beginning a gap', () => {
    const faults = read([
      BATCH,
      '| offset: 1273 CreateTime: 1795521938297 keySize: -1 valueSize: 800 sequence: 0 headerKeys: []',
      'Dumping 0.index',
      'offset: 4 position: 870',
      '0.index passed sanity check.',
      'Dumping 0.timeindex',
      'timestamp: 1795521938297 offset: 1272',
      '0.timeindex is empty.',
      'Dumping 0.snapshot',
      'producerId: 754 producerEpoch: 0 coordinatorEpoch: -1 currentTxnFirstOffset: OptionalLong.empty lastTimestamp: 1',
      '',
      'Non-consecutive offsets in /data/1269.log',
      '  -1 is followed by 1269',
    ])
    assert.deepEqual(faults, [])
  })

  test('a batch whose checksum is wrong', () => {
    assert.deepEqual(read([BATCH.replace('isvalid: true', 'isvalid: false')]), [
      '0.log: batch at offset 1273, position 3297 is invalid',
    ])
  })

  test('a batch of an old or unknown format, which the tool lets pass', () => {
    assert.deepEqual(read([BATCH.replace('magic: 2', 'magic: 9')]), [
      '0.log: batch at offset 1273, position 3297 has magic 9',
    ])
  })

  test('a torn tail', () => {
    const line = 'Found 3197 invalid bytes at the end of 00000000000000001269.log'
    assert.deepEqual(read([line]), [`0.log: ${line}`])
  })

  test('missing offsets, unless they are allowed', () => {
    const lines = [
      'Non-consecutive offsets in /data/0.log',
      '  -1 is followed by 5',
      '  12 is followed by 17',
    ]
    assert.deepEqual(read(lines), ['/data/0.log: Non-consecutive offsets: 12 is followed by 17'])
    assert.deepEqual(read(lines, true), [])
  })

  test('indexes that disagree with their log', () => {
    const lines = [
      'Mismatches in :/data/0.index',
      '  Index offset: 1297, log offset: 1296',
      'Found timestamp mismatch in :/data/0.timeindex',
      '  Index timestamp: 1795521938300, log timestamp: 1795521938299',
      'Found out of order timestamp in :/data/0.timeindex',
      '  Index timestamp: 5, Previously indexed timestamp: 1795521938299',
      'The following indexed offsets are not found in :/data/0.timeindex',
      'Indexed offset: 6269, found log offset: -1',
    ]
    assert.deepEqual(read(lines), [
      '/data/0.index: Mismatches: Index offset: 1297, log offset: 1296',
      '/data/0.timeindex: Found timestamp mismatch: Index timestamp: 1795521938300, log timestamp: 1795521938299',
      '/data/0.timeindex: Found out of order timestamp: Index timestamp: 5, Previously indexed timestamp: 1795521938299',
      '/data/0.timeindex: The following indexed offsets are not found: Indexed offset: 6269, found log offset: -1',
    ])
  })

  test('a corrupt snapshot', () => {
    const line =
      'Snapshot is corrupt (CRC is no longer valid). Stored crc: 1122759130. Computed crc: 1898400358'
    assert.deepEqual(read(['Dumping 1269.snapshot', line]), [`1269.snapshot: ${line}`])
  })

  test('the exception at which the tool dies, without its trace', () => {
    const exception = 'Exception in thread "main" java.util.NoSuchElementException'
    const trace = '\tat org.apache.kafka.tools.DumpLogSegments.dumpIndex(DumpLogSegments.java:227)'
    assert.deepEqual(read(['Dumping 0.index', exception, trace]), [`0.index: ${exception}`])
  })
})
