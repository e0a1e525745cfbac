#!/usr/bin/env node
// The command line of the installed package; bin/odradek is the one of the repository. Only what an old Node.js
// understands may stand here, so that it can say what is wrong.
import { existsSync } from 'node:fs'
import module from 'node:module'

const bundle = new URL('../dist/cli.js', import.meta.url)

if (Number(process.versions.node.split('.')[0]) < 24) {
  fail(`needs Node.js 24 or newer and this is ${process.version} (${process.execPath}).`)
} else if (!existsSync(bundle)) {
  fail(
    "this is its repository, where the command is 'bin/odradek'; 'npm run build' makes what this file runs.",
  )
} else {
  // Disk work must not queue behind two syncs: read when the pool of threads is first used.
  process.env.UV_THREADPOOL_SIZE ||= '8'
  // Compiled code is kept between runs, in NODE_COMPILE_CACHE or a folder for temporary files.
  module.enableCompileCache()
  await import(bundle.href)
}

function fail(why) {
  process.stderr.write(`odradek: ${why}\n`)
  process.exitCode = 1
}
