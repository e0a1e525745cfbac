/** Which partition a key goes to, and which one a group's or a transaction's coordinator has. */
import { coordinatorPartition, javaHashCode, murmur2, partitionForKey } from '../../src/protocol/murmur2.ts'
import { expectSame, type VectorCheck } from './tally.ts'

export const checkPartitioner: VectorCheck = (vectors, tally) => {
  for (const { key, id, murmur2: murmur, hashCode, partition } of vectors) {
    tally.run(id === undefined ? `key ${key}` : `id ${JSON.stringify(id)}`, () => {
      const bytes = Buffer.from(key ?? '', 'base64')
      if (id === undefined) expectSame('murmur2', String(murmur2(bytes)), String(murmur))
      else expectSame('hashCode', String(javaHashCode(id)), String(hashCode))
      for (const [count, expected] of Object.entries(partition)) {
        const chosen =
          id === undefined ? partitionForKey(bytes, Number(count)) : coordinatorPartition(id, Number(count))
        expectSame(`partition of ${count}`, String(chosen), String(expected))
      }
    })
  }
}
