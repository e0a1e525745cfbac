/** Reports on a list of things of which some may have failed. */
import type { Outcomes } from '#client/admin.ts'
import type { KafkaError } from '#client/client-error.ts'
import { describeFailure, ReportedFailure } from './failure.ts'
import { print, printJson, say } from './output.ts'

/**
 * One line for each success on stdout, for each failure on stderr; as JSON an array of both on stdout.
 * @param done what has happened to each of them, such as `created`
 * @throws ReportedFailure when one or more failed
 */
export async function reportOutcomes(
  outcomes: Outcomes,
  done: string,
  json: boolean | undefined,
): Promise<void> {
  if (json) await printJson([...outcomes].map(([name, error]) => outcomeAsJson(name, error, done)))
  for (const [name, error] of outcomes) {
    if (error !== undefined) say(describeFailure(error))
    else if (!json) await print(`${name} ${done}\n`)
  }
  if ([...outcomes.values()].some(error => error !== undefined)) throw new ReportedFailure()
}

function outcomeAsJson(name: string, error: KafkaError | undefined, done: string): unknown {
  if (error === undefined) return { name, result: done }
  return { name, result: 'failed', error: error.errorName, message: error.message }
}
