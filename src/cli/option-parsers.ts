/** Values of options: checked while the command line is parsed, so that a wrong one ends the command before it begins. */
import { InvalidArgumentError } from 'commander'

/** A whole number of at least `min`. */
export function wholeNumber(min: number): (text: string) => number {
  return text => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < min) {
      throw new InvalidArgumentError(`It must be a whole number of at least ${min}.`)
    }
    return value
  }
}

/** An option that can be given more than once: KEY=VALUE. */
export function keyValue(
  text: string,
  earlier: ReadonlyMap<string, string> | undefined,
): Map<string, string> {
  const equals = text.indexOf('=')
  if (equals <= 0) throw new InvalidArgumentError('It must be KEY=VALUE.')
  return new Map(earlier ?? []).set(text.slice(0, equals).trim(), text.slice(equals + 1))
}

/** An option that can be given more than once. */
export function listed(text: string, earlier: readonly string[] | undefined): string[] {
  return [...(earlier ?? []), text]
}

/** Partition numbers with commas between them. */
export function partitionNumbers(text: string): number[] {
  return text.split(',').map(part => wholeNumber(0)(part.trim()))
}
