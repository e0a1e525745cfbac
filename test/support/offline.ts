/** A broker that cannot open one of its partitions. */
import type { TestContext } from 'node:test'
import { FakeClock } from '#base/clock.ts'
import { atEnd } from './at-end.ts'
import { TestBroker } from './broker.ts'
import type { RawClient } from './raw-client.ts'
import { createTopic } from './records.ts'

/** Topic `half` has two partitions; the files of the second cannot be used, and time does not pass. */
export async function startWithOfflinePartition(
  t: TestContext,
): Promise<{ broker: TestBroker; client: RawClient; topic: string }> {
  const broker = await TestBroker.start(t, { clock: new FakeClock() })
  const topic = 'half'
  await createTopic(await broker.connect(), topic, { partitions: 2 })
  await broker.broker.close()
  broker.files.fail({ operation: 'list', path: `${topic}-1`, code: 'EIO', times: 1000 })
  atEnd(t, () => broker.files.clearFaults())
  await broker.restart()
  return { broker, client: await broker.connect(), topic }
}
