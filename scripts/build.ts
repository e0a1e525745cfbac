/**
 * npm run build, and by itself before `npm pack`
 *
 * Makes dist/, which is what the published package runs: JavaScript for the library and the command line, and
 * declarations of the library. The repository itself runs from src/ and never needs it.
 */
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { bundle } from './build/bundle.ts'
import { writeDeclarations } from './build/declarations.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

rmSync(`${root}/dist`, { recursive: true, force: true })
const { chunkCount, byteCount } = await bundle(root)
const declarationCount = writeDeclarations(root)
console.log(
  `dist/: ${chunkCount} files of JavaScript with ${Math.ceil(byteCount / 1024)} KiB, ${declarationCount} of declarations`,
)
