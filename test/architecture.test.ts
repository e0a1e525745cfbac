/**
 * The structure of src/, as ARCHITECTURE.md draws it: which layer may import which, which files compute without
 * touching the world, and that every request handler is registered and says what it does.
 */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename, posix } from 'node:path'
import { test } from 'node:test'
import { handlers } from '#api/index.ts'
import { apiName } from '#protocol/api-keys.ts'

/** Layers that a layer may import, besides itself. What is not listed fails. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  base: [],
  protocol: ['base'],
  net: ['base', 'protocol'],
  storage: ['base', 'protocol'],
  // For types: an image holds the settings of its logs, and a topic's life makes and removes them.
  metadata: ['base', 'protocol', 'storage', 'log'],
  log: ['base', 'protocol', 'storage'],
  groups: ['base', 'protocol', 'storage'],
  transactions: ['base', 'protocol', 'storage'],
  // Of storage only the error that a handler turns into Kafka's code; see below.
  api: ['base', 'protocol', 'metadata', 'log', 'groups', 'transactions', 'storage'],
  client: ['base', 'protocol'],
  broker: ['base', 'protocol', 'net', 'storage', 'metadata', 'log', 'groups', 'transactions', 'api'],
  cli: ['base', 'protocol', 'client', 'broker'],
}

/** Narrower than their layers: who may import what begins with `path`. */
const narrower: readonly { readonly path: string; readonly only: readonly string[] }[] = [
  // Versions and wire shapes do not reach the domain.
  { path: '#protocol/messages/', only: ['api', 'client', 'cli'] },
  { path: '#protocol/codec.ts', only: ['api', 'client', 'cli'] },
  // The rest of the broker sees ports, not their forms.
  { path: '#storage/disk-file-store.ts', only: ['broker'] },
  { path: '#storage/memory-file-store.ts', only: ['broker'] },
  { path: '#storage/sqlite-metadata-store.ts', only: ['broker'] },
  { path: '#storage/memory-metadata-store.ts', only: ['broker'] },
]

/** Rules and codecs: no clock, no file, no socket, no await. */
const pureFiles = [
  'src/protocol/{reader,writer,schema,codec,frame,api-keys,error-codes,record-batch,records,encode-batch}.ts',
  'src/protocol/{consumer-protocol,murmur2,control-records,int64}.ts',
  'src/metadata/{topic-name,cluster-image,config-def,config-validators,properties,nearest-name}.ts',
  'src/metadata/{refusal,replica-assignment,reassignment,leader-election}.ts',
  'src/log/{append-rules,record-checks,deep-validation,producer-state,producer-snapshot,leader-epochs}.ts',
  'src/log/{retention,roll-rules}.ts',
  'src/log/dump/{dumped-records,dump-small-files}.ts',
  'src/groups/classic-*.ts',
  'src/groups/{committed-offsets,offset-expiry,group-record,subscribed-topics}.ts',
  'src/storage/{segment-index,checkpoint-file}.ts',
].flatMap(pattern => globSync(pattern).filter(path => !path.endsWith('.test.ts')))

/** What pure files may use besides each other. */
const harmless = [
  'src/base/{assert,limits,random}.ts', // random: for the zero uuid
  'src/protocol/{decoder-source,encoder-source,wire-size,flexible-versions,varint,crc32c,protocol-error}.ts',
  'src/protocol/{compression,compression-error,gzip,lz4,lz4-block,snappy,snappy-block,zstd,xxhash32,unpack-buffer}.ts',
  'src/protocol/lazy-bytes.ts',
  'src/protocol/messages/**/*.ts',
].flatMap(pattern => globSync(pattern))

const impure =
  /\bawait\b|\basync\b|from 'node:(?:fs|net|timers|worker_threads|sqlite|child_process)|nowMs\(\)|monotonicMs\(\)/

interface Import {
  readonly file: string
  readonly layer: string
  readonly target: string
}

const sources = globSync('src/**/*.ts').filter(path => !path.endsWith('.test.ts') && !isTestSupport(path))
const imports: Import[] = sources.flatMap(file =>
  [...read(file).matchAll(/(?:\bfrom|\bimport\()\s*'([^']+)'/g)].map(([, target]) => ({
    file,
    layer: file.split('/')[1]!,
    target: target!,
  })),
)

/** Used by tests alone, beside what they test. */
function isTestSupport(path: string): boolean {
  return ['src/log/log-fixture.ts', 'src/groups/test-group.ts'].includes(path)
}

function read(path: string): string {
  return readFileSync(path, 'utf8')
}

/** Comments say "await" as they like. */
function code(path: string): string {
  return read(path)
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/\/\/.*$/gm, '')
}

test('the layers are those of the table', () => {
  assert.ok(imports.length > 500, `only ${imports.length} imports were found`)
  const layers = new Set(sources.filter(path => path.split('/').length > 2).map(path => path.split('/')[1]))
  assert.deepEqual(layers, new Set(Object.keys(mayImport)))
})

test('imports across layers go only in the directions of the table', () => {
  const wrong = imports
    .filter(({ file }) => file !== 'src/index.ts')
    .filter(({ target }) => target.startsWith('#'))
    .filter(({ layer, target }) => {
      const to = target.slice(1).split('/')[0]!
      return to !== layer && !mayImport[layer]!.includes(to)
    })
  assert.deepEqual(wrong, [])
})

test('a layer is left only by its name', () => {
  const wrong = imports
    .filter(({ target }) => target.startsWith('../'))
    .filter(({ file, layer, target }) => posix.join(posix.dirname(file), target).split('/')[1] !== layer)
    // The version of the package stands in its package.json alone.
    .filter(({ target }) => target !== '../../package.json')
  assert.deepEqual(wrong, [])
})

test('ports keep their forms to themselves, and wire shapes stay at the edge', () => {
  const wrong = imports.filter(({ layer, target }) =>
    narrower.some(rule => target.startsWith(rule.path) && !rule.only.includes(layer)),
  )
  assert.deepEqual(wrong, [])
})

test('handlers know storage only by its error', () => {
  const targets = imports.filter(({ layer, target }) => layer === 'api' && target.startsWith('#storage/'))
  assert.deepEqual([...new Set(targets.map(({ target }) => target))], ['#storage/storage-error.ts'])
})

test('rules and codecs are pure', () => {
  assert.ok(pureFiles.length > 30, `only ${pureFiles.length} files were found`)
  assert.deepEqual(
    pureFiles.filter(path => impure.test(code(path))),
    [],
  )
})

test('rules and codecs use nothing that is not pure', () => {
  const allowed = new Set([...pureFiles, ...harmless])
  const wrong = pureFiles.flatMap(file =>
    // A type does nothing.
    [...code(file).matchAll(/^(?:import|export) (?!type )[^;]*?from '([#.][^']+)'/gm)]
      .map(([, target]) =>
        target!.startsWith('#') ? `src/${target!.slice(1)}` : posix.join(posix.dirname(file), target!),
      )
      .filter(target => !allowed.has(target))
      .map(target => `${file} -> ${target}`),
  )
  assert.deepEqual(wrong, [])
})

test('every file says what it is for', () => {
  const silent = sources.filter(path => !/^\/\*\*|^\/\//.test(read(path)))
  assert.deepEqual(silent, [])
})

const handlerFiles = globSync('src/api/*/*.ts').filter(
  path => !path.endsWith('.test.ts') && read(path).includes('  message: '),
)

test('every handler is registered once, in the order of API keys', () => {
  assert.equal(handlers.length, handlerFiles.length)
  const keys = handlers.map(handler => handler.message.key)
  assert.deepEqual(
    keys,
    [...new Set(keys)].sort((a, b) => a - b),
  )
})

test('every handler begins with its API, its versions and its gaps', () => {
  const text = new Map(handlerFiles.map(path => [basename(path, '.ts'), read(path)]))
  for (const { message, versions } of handlers) {
    const name = apiName(message.key)!
    const file = name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()
    const head = text.get(file)?.split('*/')[0]
    assert.ok(head !== undefined, `${name} should be in ${file}.ts`)
    const range =
      versions.min === versions.max ? `version ${versions.min}` : `versions ${versions.min}–${versions.max}`
    assert.ok(head.includes(`${name} (API key ${message.key}), ${range}`), `${file}.ts should name ${range}`)
    assert.match(head, /Gaps?: /, `${file}.ts should say its gaps`)
  }
})
