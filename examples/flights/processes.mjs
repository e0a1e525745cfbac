// The programs of this example as child processes of run.mjs: none outlives it, none ends unnoticed.
import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'

const running = new Map()

/** Starts a program. Its lines are handed to `onLine`, what it complains of to run/NAME.log. */
export function start(name, [program, ...args], onLine) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stderr.pipe(createWriteStream(`run/${name}.log`, { flags: 'a' }))
  createInterface({ input: child.stdout }).on('line', onLine)
  const exited = new Promise(resolve => {
    child.once('exit', (code, signal) => resolve(signal ?? code))
    child.once('error', error => resolve(error.code))
  })
  const handle = { child, exited, stopping: false }
  running.set(name, handle)
  void exited.then(how => {
    running.delete(name)
    if (handle.stopping) return
    console.error(`${name} ended by itself (${how}); run/${name}.log says more`)
    process.exit(1)
  })
}

export async function stop(name, signal = 'SIGTERM') {
  const handle = running.get(name)
  if (handle === undefined) return
  handle.stopping = true
  handle.child.kill(signal)
  await handle.exited
}

process.on('exit', () => {
  for (const { child } of running.values()) child.kill('SIGKILL')
})
