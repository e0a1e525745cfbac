// That the package works where it is installed: `npm run test:package`. Packs the repository, installs the package in
// an empty folder and uses it there. Run it with another Node.js to test that one: `PATH=... node test/package/run.ts`.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { Checks, isTrue } from '../fault/checks.ts'
import { addNodeTypes, checkTypes, embeddingProgram } from './consumers.ts'
import { Installation, pack, type Packed, root, RunningBroker } from './installation.ts'

const maxPackages = 25
const maxBytes = 25 * 1024 * 1024
const version = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version

const checks = new Checks()
const folder = mkdtempSync(join(tmpdir(), 'odradek-package-'))
console.log(`Node.js ${process.version}`)
try {
  await checkAll()
} catch (error) {
  await checks.check('the test runs to its end', () => Promise.reject(error))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log(`\n${checks.passed} passed, ${checks.failed} failed`)
process.exitCode = checks.failed === 0 && checks.passed > 0 ? 0 : 1

async function checkAll(): Promise<void> {
  const packed = await pack(join(folder, 'packed'))
  await checkContents(packed)
  const installation = await Installation.make(join(folder, 'installed'), packed.path)
  await checkSize(installation)
  await checkCommandLine(installation)
  await checks.check('a program embeds it, in memory and on files, with every codec', async () => {
    installation.write('embedding.js', embeddingProgram)
    isTrue((await installation.node('embedding.js')) === 'done\n', 'the program did not come to its end')
    return undefined
  })
  // Without first: what is there cannot be overlooked.
  for (const withNodeTypes of [false, true]) {
    if (withNodeTypes) addNodeTypes(installation)
    for (const moduleResolution of ['nodenext', 'bundler'] as const) {
      const name = `types hold: ${moduleResolution}, ${withNodeTypes ? 'with' : 'without'} @types/node`
      await checks.check(name, () => checkTypes(installation, { moduleResolution, withNodeTypes }))
    }
  }
}

async function checkContents(packed: Packed): Promise<void> {
  await checks.check('the package holds what it should', () => {
    for (const name of [
      'README.md',
      'LICENSE',
      'CHANGELOG.md',
      'bin/odradek.js',
      'dist/index.js',
      'dist/cli.js',
    ]) {
      isTrue(packed.files.includes(name), `${name} is not in it`)
    }
    const allowed = /^(?:[A-Z]+(?:\.md)?|package\.json|bin\/odradek\.js|docs\/.+\.md|dist\/.+\.(?:js|d\.ts))$/
    const others = packed.files.filter(name => !allowed.test(name))
    isTrue(others.length === 0, `it holds also ${others.join(', ')}`)
    return `${packed.files.length} files, ${Math.ceil(packed.unpackedBytes / 1024)} KiB unpacked`
  })
  await checks.check('publint finds nothing', async () => {
    const bytes = new Uint8Array(readFileSync(packed.path))
    const { messages, pkg } = await publint({ strict: true, pack: { tarball: bytes.buffer } })
    isTrue(messages.length === 0, messages.map(message => formatMessage(message, pkg)).join('; '))
  })
}

async function checkSize(installation: Installation): Promise<void> {
  await checks.check(`at most ${maxPackages} packages and 25 MB, without install scripts`, () => {
    const packages = installation.packages()
    const names = packages.map(({ name }) => name)
    isTrue(names.length <= maxPackages, `${names.length} packages: ${names.join(', ')}`)
    const byteCount = installation.byteCount()
    isTrue(byteCount <= maxBytes, `${byteCount} bytes`)
    const scripted = packages.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name)
    isTrue(scripted.length === 0, `with an install script: ${scripted.join(', ')}`)
    return `${names.length} packages, ${(byteCount / 1024 / 1024).toFixed(1)} MB`
  })
}

async function checkCommandLine(installation: Installation): Promise<void> {
  await checks.check('the command says its version and its help', async () => {
    const start = performance.now()
    isTrue((await installation.odradek(['--version'])) === `${version}\n`, 'another version')
    const first = performance.now()
    isTrue((await installation.odradek(['--help'])).includes('start'), 'no help')
    return `${(first - start).toFixed(0)} ms, then ${(performance.now() - first).toFixed(0)} ms`
  })
  await checkOldNode(installation)
  const lines = Array.from({ length: 30_000 }, (_, index) => `key${index % 100}:value ${index}`)
  for (const storage of ['memory', 'files']) {
    const args = storage === 'memory' ? ['--memory'] : ['--data', join(installation.folder, 'data')]
    await checks.check(`records go in and come out by the command line, in ${storage}`, async () => {
      const began = performance.now()
      const broker = await RunningBroker.start(installation, args)
      const readyMs = performance.now() - began
      const env = { ODRADEK_BROKERS: broker.address }
      try {
        await installation.odradek(['topics', 'create', 'lines', '--partitions', '3'], { env })
        const input = `${lines.join('\n')}\n`
        await installation.odradek(['produce', 'lines', '-K', ':', '-z', 'zstd'], { input, env })
        await expectLines(installation, env, lines)
        const group = ['consume', 'lines', '--group', 'readers', '-n', '10']
        isTrue(
          (await installation.odradek(group, { env })).split('\n').length === 11,
          'the group reads not 10',
        )
        isTrue((await installation.odradek(['groups', 'list'], { env })).includes('readers'), 'no group')
      } finally {
        await broker.stop()
      }
      return `ready after ${readyMs.toFixed(0)} ms`
    })
  }
  await checks.check('records are there after a restart', async () => {
    const broker = await RunningBroker.start(installation, ['--data', join(installation.folder, 'data')])
    try {
      await expectLines(installation, { ODRADEK_BROKERS: broker.address }, lines)
    } finally {
      await broker.stop()
    }
    const report = await installation.odradek(['doctor', '--data', join(installation.folder, 'data')])
    isTrue(report.includes('no fault found'), report)
    return undefined
  })
}

async function expectLines(
  installation: Installation,
  env: Readonly<Record<string, string>>,
  lines: readonly string[],
): Promise<void> {
  const output = await installation.odradek(['consume', 'lines', '-e', '-f', '%k:%v\\n'], { env })
  const back = output.trimEnd().split('\n')
  isTrue(back.toSorted().join('\n') === lines.toSorted().join('\n'), `${back.length} lines, or other ones`)
}

/** With the Node.js that began this run, where that is one: npm puts the pinned one before it. */
async function checkOldNode(installation: Installation): Promise<void> {
  const name = 'an older Node.js is told what it lacks'
  const old = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map(path => join(path, 'node'))
    .find(path => existsSync(path) && majorOf(path) < 24)
  if (old === undefined) {
    checks.skip(name, 'there is none')
    return
  }
  await checks.check(name, () => {
    const bin = join(installation.folder, 'node_modules/odradek/bin/odradek.js')
    const { status, stderr } = spawnSync(old, [bin, '--version'], { encoding: 'utf8' })
    isTrue(status === 1 && /^odradek: needs Node\.js 24 or newer and this is v\d.*\n$/.test(stderr), stderr)
    return `Node.js ${majorOf(old)}`
  })
}

function majorOf(node: string): number {
  const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' })
  return Number(/^v(\d+)/.exec(stdout)?.[1] ?? Infinity)
}
