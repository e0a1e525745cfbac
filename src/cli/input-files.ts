/** The bytes that `produce` reads: of files one after the other, or of standard input. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { UsageError } from './failure.ts'
import { say } from './output.ts'

export interface InputFile {
  /** As messages name it; undefined: standard input, which they need not name. */
  readonly name: string | undefined
  /** undefined where nobody knows: a pipe or a terminal. */
  readonly sizeInBytes: number | undefined
  /** Can be called once. */
  readonly open: (signal: AbortSignal) => AsyncIterable<Buffer>
}

/** @param paths `-` is standard input; none: that as well. @throws UsageError for a path that is no file */
export async function inputFiles(paths: readonly string[]): Promise<InputFile[]> {
  if (paths.filter(path => path === '-').length > 1) throw new UsageError("'-' can be read once")
  const files: InputFile[] = []
  for (const path of paths.length === 0 ? ['-'] : paths)
    files.push(path === '-' ? standardInput(paths.length > 1) : await fileInput(path))
  return files
}

async function fileInput(path: string): Promise<InputFile> {
  const found = await stat(path).catch((error: Error) => {
    throw new UsageError(`${path} cannot be read: ${error.message}`)
  })
  if (found.isDirectory()) throw new UsageError(`${path} is a folder`)
  return {
    name: path,
    sizeInBytes: found.isFile() ? found.size : undefined,
    open: signal => createReadStream(path, { signal, highWaterMark: 256 * 1024 }),
  }
}

function standardInput(isOneOfSeveral: boolean): InputFile {
  return {
    name: isOneOfSeveral ? 'standard input' : undefined,
    sizeInBytes: undefined,
    open: signal => {
      if (process.stdin.isTTY) say('one record a line, Ctrl-D at the end')
      signal.addEventListener('abort', () => process.stdin.destroy(), { once: true })
      return process.stdin
    },
  }
}
