/**
 * The JavaScript of dist/: the library, the command line and the worker threads in one bundle, so that what they share
 * is there once. What a command needs stays apart from the others, and is loaded with it: `--version` takes 36 ms so, and
 * 62 ms where all is one file; `topics list` 53 and 70 ms. Libraries are not taken in; the package depends on them.
 */
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { rolldown, type Plugin } from 'rolldown'

/** How the sources name the file that a worker thread runs. */
const workerUrl = /new URL\('\.\/([\w-]+)\.ts', import\.meta\.url\)/g

/** @returns what was written */
export async function bundle(root: string): Promise<{ chunkCount: number; byteCount: number }> {
  const build = await rolldown({
    cwd: root,
    input: { index: 'src/index.ts', cli: 'src/cli/main.ts', ...workers(root) },
    platform: 'node',
    external: /^[^./#]/,
    plugins: [workersInDist],
    onLog: (_level, log) => {
      throw new Error(log.message)
    },
  })
  // All in one folder: a worker's file lies beside the chunk that starts it, whichever that is.
  const { output } = await build.write({
    dir: join(root, 'dist'),
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
  })
  await build.close()
  const chunks = output.filter(each => each.type === 'chunk')
  const byteCount = chunks.reduce((sum, { code }) => sum + Buffer.byteLength(code), 0)
  return { chunkCount: chunks.length, byteCount }
}

/** By the name of their file, without its extension. */
function workers(root: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const path of globSync('src/**/*.ts', { cwd: root }).filter(path => !path.endsWith('.test.ts'))) {
    for (const [, name] of readFileSync(join(root, path), 'utf8').matchAll(workerUrl)) {
      const script = join(path, '..', `${name}.ts`)
      if (found[name!] !== undefined && found[name!] !== script) {
        throw new Error(`two workers are called ${basename(script)}: ${found[name!]} and ${script}`)
      }
      found[name!] = script
    }
  }
  return found
}

const workersInDist: Plugin = {
  name: 'workers-in-dist',
  transform: (code: string) =>
    code.includes('import.meta.url')
      ? code.replaceAll(workerUrl, "new URL('./$1.js', import.meta.url)")
      : null,
}
