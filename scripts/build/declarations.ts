/**
 * The declarations of dist/types/: what `src/index.ts` leads to, and no more. What is marked @internal is left out by
 * the compiler. Nothing in them may need Node.js's own declarations, so that they hold without @types/node.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'

/** `import ... from '#base/logger.ts'`, `export ... from './x.ts'`, `import('#x/y.ts')` */
const specifier = /(\bfrom |\bimport\()'([#.][^']*)\.ts'/g

/** @returns the number of files */
export function writeDeclarations(root: string): number {
  const emitted = mkdtempSync(join(tmpdir(), 'odradek-types-'))
  try {
    emit(root, emitted)
    const target = join(root, 'dist/types')
    const waiting = ['index']
    const done = new Set<string>()
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      if (done.has(name)) continue
      done.add(name)
      const { text, leadsTo } = translate(name, readFileSync(join(emitted, `${name}.d.ts`), 'utf8'))
      const path = join(target, `${name}.d.ts`)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text)
      waiting.push(...leadsTo)
    }
    return done.size
  } finally {
    rmSync(emitted, { recursive: true, force: true })
  }
}

/** Declarations of all sources that index.ts leads to, in a folder tree like that of src/. */
function emit(root: string, folder: string): void {
  const options = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      stripInternal: true,
      rootDir: join(root, 'src'),
      outDir: folder,
      typeRoots: [join(root, 'node_modules/@types')],
    },
    include: [],
    files: [join(root, 'src/index.ts')],
  }
  const project = join(folder, 'tsconfig.json')
  writeFileSync(project, JSON.stringify(options))
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', project], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
}

/** The names of imports as they are in a package: relative, and of JavaScript. */
function translate(name: string, source: string): { text: string; leadsTo: string[] } {
  const leadsTo: string[] = []
  const here = dirname(name)
  let text = source.replaceAll(specifier, (_all, before: string, path: string) => {
    const to = path.startsWith('#') ? path.slice(1) : join(here, path)
    leadsTo.push(to)
    const fromHere = relative(here, to)
    return `${before}'${fromHere.startsWith('.') ? '' : './'}${fromHere}.js'`
  })
  // Where the consumer's own library is older than `await using`.
  if (text.includes('Symbol.asyncDispose')) text = `/// <reference lib="esnext.disposable" />\n${text}`
  return { text, leadsTo }
}
