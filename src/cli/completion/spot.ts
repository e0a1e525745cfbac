/**
 * Where the cursor is in a command line: at the name of a command, at an option, or at a value and of what. Reads the
 * words as Commander would, but forgives what is not finished. Pure.
 */
import type { Argument, Command, Option } from 'commander'

/** What stands before the cursor. */
export interface Line {
  readonly command: Command
  /** Values of the command's arguments. */
  readonly positional: readonly string[]
  /** By the names that a command's action sees; only those that have a value. */
  readonly options: Readonly<Record<string, string>>
}

export type Spot =
  | { readonly kind: 'command'; readonly parent: Command }
  | { readonly kind: 'option'; readonly command: Command }
  | {
      readonly kind: 'value'
      readonly of: Option | Argument
      readonly line: Line
      /** Of the word, what the value comes after: '--option=', else ''. */
      readonly before: string
    }
  | { readonly kind: 'nothing' }

const nothing: Spot = { kind: 'nothing' }

/** @param words without the program's name; the last one is the word at the cursor, '' where it is not begun */
export function findSpot(program: Command, words: readonly string[]): Spot {
  const current = words.at(-1) ?? ''
  const reader = new LineReader(program)
  for (const word of words.slice(0, -1)) reader.read(word)
  const { command, pending, line } = reader
  if (pending !== undefined) return { kind: 'value', of: pending, line, before: '' }
  if (!reader.isPastOptions && current.startsWith('-')) {
    const equals = current.indexOf('=')
    if (equals < 0) return { kind: 'option', command }
    const option = optionNamed(command, current.slice(0, equals))
    if (option === undefined || option.isBoolean()) return nothing
    return { kind: 'value', of: option, line, before: current.slice(0, equals + 1) }
  }
  if (command.commands.length > 0) {
    return line.positional.length === 0 ? { kind: 'command', parent: command } : nothing
  }
  if (reader.isAskingForHelp) return nothing
  const argument = argumentAt(command, line.positional.length)
  return argument === undefined ? nothing : { kind: 'value', of: argument, line, before: '' }
}

class LineReader {
  command: Command
  /** An option whose value is the next word. */
  pending: Option | undefined
  /** After `--`. */
  isPastOptions = false
  /** `odradek help ...`: names of commands follow. */
  isAskingForHelp = false
  #positional: string[] = []
  #options: Record<string, string> = {}

  constructor(program: Command) {
    this.command = program
  }

  get line(): Line {
    return { command: this.command, positional: this.#positional, options: this.#options }
  }

  read(word: string): void {
    if (this.pending !== undefined) {
      this.#options[this.pending.attributeName()] = word
      this.pending = undefined
    } else if (this.isPastOptions) {
      this.#positional.push(word)
    } else if (word === '--') {
      this.isPastOptions = true
    } else if (word.startsWith('--')) {
      this.#readLong(word)
    } else if (word.startsWith('-') && word.length > 1) {
      this.#readShort(word)
    } else {
      this.#readPlain(word)
    }
  }

  #readLong(word: string): void {
    const equals = word.indexOf('=')
    const option = optionNamed(this.command, equals < 0 ? word : word.slice(0, equals))
    if (option === undefined || option.isBoolean()) return
    if (equals < 0) this.pending = option
    else this.#options[option.attributeName()] = word.slice(equals + 1)
  }

  /** `-e`, `-n 5`, `-n5`, `-en5` */
  #readShort(word: string): void {
    const option = optionNamed(this.command, word.slice(0, 2))
    if (option === undefined) return
    const rest = word.slice(2)
    if (!option.isBoolean()) {
      if (rest === '') this.pending = option
      else this.#options[option.attributeName()] = rest
    } else if (rest !== '') {
      this.#readShort(`-${rest}`)
    }
  }

  #readPlain(word: string): void {
    const child = this.command.commands.find(each => each.name() === word || each.aliases().includes(word))
    if (child !== undefined) this.command = child
    else if (word === 'help' && this.command.commands.length > 0) this.isAskingForHelp = true
    else this.#positional.push(word)
  }
}

function optionNamed(command: Command, flag: string): Option | undefined {
  return command.options.find(option => option.long === flag || option.short === flag)
}

/** The last one may take all that follow. */
function argumentAt({ registeredArguments }: Command, index: number): Argument | undefined {
  const last = registeredArguments.at(-1)
  return registeredArguments[index] ?? (last?.variadic ? last : undefined)
}
