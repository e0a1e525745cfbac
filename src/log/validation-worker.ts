/**
 * The thread of validation-pool.ts: one job in, one answer out. Has no state.
 */
import { parentPort } from 'node:worker_threads'
import { type DeepResult, validateDeep } from './deep-validation.ts'
import { refuse } from './record-checks.ts'
import type { WorkerReply, WorkerRequest } from './validation-pool.ts'

parentPort?.on('message', (request: WorkerRequest) => {
  const { batch, rules } = request
  let result: DeepResult
  try {
    result = validateDeep({ batch: Buffer.from(batch.buffer, batch.byteOffset, batch.length), rules })
  } catch (error) {
    // A bug of ours, or no memory: the producer must not send it again and again.
    result = refuse('INVALID_RECORD', `The batch could not be validated: ${String(error)}`)
  }
  reply(result)
})

function reply(result: DeepResult): void {
  if (result.kind === 'refused' || result.rebuilt === undefined) {
    parentPort?.postMessage(result)
    return
  }
  // A buffer of its own, that can be handed over instead of copied.
  const rebuilt = new Uint8Array(result.rebuilt)
  const message: WorkerReply = { kind: 'checked', maxTimestamp: result.maxTimestamp, rebuilt }
  parentPort?.postMessage(message, [rebuilt.buffer])
}
