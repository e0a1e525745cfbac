/**
 * SIGINT and SIGTERM: the first asks the command to come to an orderly end, the second ends the process at once.
 */
const interrupt = new AbortController()

/** Aborted at the first signal. Commands that do not call this end at once, as programs do. */
export function onInterrupt(): AbortSignal {
  if (process.listenerCount('SIGINT') === 0) {
    for (const [signal, number] of [
      ['SIGINT', 2],
      ['SIGTERM', 15],
    ] as const) {
      process.on(signal, () => {
        if (interrupt.signal.aborted) process.exit(128 + number)
        interrupt.abort()
      })
    }
  }
  return interrupt.signal
}
