#!/usr/bin/env node
// The command line of the installed package. Only what an old Node.js understands may stand here, so that it can say
// what is wrong.
import { existsSync } from 'node:fs'
import module from 'node:module'

if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(
    `odradek: needs Node.js 24 or newer and this is ${process.version} (${process.execPath}).\n`,
  )
  process.exitCode = 1
} else {
  // Disk work must not queue behind two syncs: read when the pool of threads is first used.
  process.env.UV_THREADPOOL_SIZE ||= '8'
  // Compiled code is kept between runs, in NODE_COMPILE_CACHE or a folder for temporary files.
  module.enableCompileCache()
  // In the repository, where bin/odradek is the same with the right Node.js, there are the sources.
  const source = new URL('../src/cli/main.ts', import.meta.url)
  await import(existsSync(source) ? source.href : '../dist/cli.js')
}
