/**
 * Where deep validation runs: in place, or in worker threads so that unpacking never holds up the event loop.
 * A worker that dies answers its job with KAFKA_STORAGE_ERROR and is started anew when there is work again.
 * What is decided is deep-validation.ts' business.
 */
import { Worker } from 'node:worker_threads'
import type { Clock, Timer } from '#base/clock.ts'
import type { Logger } from '#base/logger.ts'
import { type DeepJob, type DeepResult, keepsCodec, validateDeep, validateWithin } from './deep-validation.ts'
import { refuse } from './record-checks.ts'

export interface DeepValidator {
  /** Answers in place of a promise where that is as cheap. Never rejects. */
  validate(job: DeepJob): DeepResult | Promise<DeepResult>
  /** Ends the workers; what still waits is refused. */
  close(): Promise<void>
}

/** Everything in place: for tests, simulation and tools. */
export const inlineValidator: DeepValidator = {
  validate: validateDeep,
  close: () => Promise.resolve(),
}

/** A batch up to this size is tried in place, if it keeps its codec. */
const inlineBatchBytes = 16 * 1024
/**
 * And given up there when it unpacks to more than this: gzip, the slowest, takes 0.2 ms for it, which is less than
 * the way to a worker and back costs under load.
 */
const inlineUnpackedBytes = 64 * 1024
/** Requests hold the bytes anyway; this bounds the jobs around them. */
const maxQueuedJobs = 4096
/** No batch takes seconds: unpacking is bounded. A worker that does is stuck. */
const jobTimeoutMs = 60_000

export interface ValidationPoolOptions {
  readonly clock: Clock
  readonly logger: Logger
  /** Threads, started when they are first needed. */
  readonly workerCount?: number
  /** For tests: what the threads run. */
  readonly script?: URL
  readonly maxQueuedJobs?: number
}

/** What goes to a worker. The bytes are its own copy. */
export interface WorkerRequest {
  readonly batch: Uint8Array
  readonly rules: DeepJob['rules']
}

/** What comes back: a DeepResult whose bytes have lost their Buffer. */
export type WorkerReply =
  | { readonly kind: 'checked'; readonly maxTimestamp: number; readonly rebuilt: Uint8Array | undefined }
  | Extract<DeepResult, { kind: 'refused' }>

interface Waiting {
  readonly job: DeepJob
  resolve(result: DeepResult): void
}

interface Busy {
  readonly waiting: Waiting
  readonly deadline: Timer
}

export class ValidationPool implements DeepValidator {
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #script: URL
  readonly #maxQueuedJobs: number
  /** undefined: not started, or dead. */
  readonly #slots: (Worker | undefined)[]
  readonly #busy = new Map<Worker, Busy>()
  #queue: Waiting[] = []
  #closed = false

  constructor(options: ValidationPoolOptions) {
    this.#clock = options.clock
    this.#logger = options.logger
    this.#script = options.script ?? new URL('./validation-worker.ts', import.meta.url)
    this.#maxQueuedJobs = options.maxQueuedJobs ?? maxQueuedJobs
    this.#slots = Array.from({ length: options.workerCount ?? 1 }, () => undefined)
  }

  validate(job: DeepJob): DeepResult | Promise<DeepResult> {
    if (this.#closed) return refuse('KAFKA_STORAGE_ERROR', 'The broker is shutting down')
    if (job.batch.length <= inlineBatchBytes && keepsCodec(job)) {
      const result = validateWithin(job, Math.min(inlineUnpackedBytes, job.rules.maxMessageBytes))
      if (result !== undefined) return result
    }
    if (this.#queue.length >= this.#maxQueuedJobs) {
      return refuse('REQUEST_TIMED_OUT', 'Too many compressed batches wait to be validated')
    }
    return new Promise(resolve => {
      this.#queue.push({ job, resolve })
      this.#dispatch()
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    const waiting = this.#queue
    this.#queue = []
    for (const each of waiting) each.resolve(refuse('KAFKA_STORAGE_ERROR', 'The broker is shutting down'))
    await Promise.all(this.#slots.map(async worker => worker?.terminate()))
  }

  /** Hands waiting jobs to idle workers. */
  #dispatch(): void {
    for (let slot = 0; slot < this.#slots.length && this.#queue.length > 0; slot++) {
      const worker = this.#slots[slot] ?? this.#start(slot)
      if (!this.#busy.has(worker)) this.#assign(worker, this.#queue.shift()!)
    }
  }

  #start(slot: number): Worker {
    const worker = new Worker(this.#script)
    this.#slots[slot] = worker
    worker.on('message', (reply: WorkerReply) => this.#finish(worker, toResult(reply)))
    worker.on('error', error => this.#logger.error('Validation worker failed', { error: String(error) }))
    worker.on('exit', () => {
      this.#slots[slot] = undefined
      this.#finish(worker, refuse('KAFKA_STORAGE_ERROR', 'The batch could not be validated'))
    })
    return worker
  }

  #assign(worker: Worker, waiting: Waiting): void {
    const deadline = this.#clock.after(jobTimeoutMs, () => {
      this.#logger.error('Validation worker is stuck', { topicPartition: waiting.job.rules.topicPartition })
      void worker.terminate()
    })
    this.#busy.set(worker, { waiting, deadline })
    // An idle worker must not keep the process alive, a busy one must.
    worker.ref()
    const batch = new Uint8Array(waiting.job.batch)
    const request: WorkerRequest = { batch, rules: waiting.job.rules }
    worker.postMessage(request, [batch.buffer])
  }

  #finish(worker: Worker, result: DeepResult): void {
    const busy = this.#busy.get(worker)
    if (busy !== undefined) {
      this.#busy.delete(worker)
      busy.deadline.cancel()
      worker.unref()
      busy.waiting.resolve(result)
    }
    this.#dispatch()
  }
}

function toResult(reply: WorkerReply): DeepResult {
  if (reply.kind === 'refused') return reply
  const { rebuilt } = reply
  return {
    kind: 'checked',
    maxTimestamp: reply.maxTimestamp,
    rebuilt: rebuilt && Buffer.from(rebuilt.buffer, rebuilt.byteOffset, rebuilt.length),
  }
}
