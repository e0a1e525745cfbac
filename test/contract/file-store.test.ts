/** One suite for both forms of FileStore. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { DiskFileStore } from '#storage/disk-file-store.ts'
import type { FileStore } from '#storage/file-store.ts'
import { MemoryFileStore } from '#storage/memory-file-store.ts'
import { StorageError } from '#storage/storage-error.ts'

interface Fixture {
  readonly files: FileStore
  [Symbol.dispose](): void
}

function onDisk(maxOpenFiles: number): Fixture {
  const root = mkdtempSync(join(tmpdir(), 'odradek-files-'))
  return {
    files: new DiskFileStore(root, { maxOpenFiles }),
    [Symbol.dispose]: () => rmSync(root, { recursive: true }),
  }
}

const forms: Record<string, () => Fixture> = {
  DiskFileStore: () => onDisk(100),
  'DiskFileStore with one descriptor': () => onDisk(1),
  MemoryFileStore: () => ({ files: new MemoryFileStore(), [Symbol.dispose]: () => {} }),
  'MemoryFileStore that can crash': () => ({
    files: new MemoryFileStore({ crashable: true }),
    [Symbol.dispose]: () => {},
  }),
}

const text = (value: string) => Buffer.from(value)
const withCode = (code: string) => (error: unknown) => error instanceof StorageError && error.code === code

for (const [name, make] of Object.entries(forms))
  describe(name, () => {
    it('writes and reads at positions', async () => {
      using fixture = make()
      const file = await fixture.files.open('a.log', { create: true })
      await file.write(0, [text('hello '), text('world')])
      await file.write(6, [text('W')])
      assert.equal(await file.size(), 11)
      const target = Buffer.alloc(20)
      assert.equal(await file.read(6, target), 5)
      assert.equal(target.toString('latin1', 0, 5), 'World')
      assert.equal(await file.read(11, target), 0)
      assert.equal(await file.read(100, target), 0)
      await file.sync()
      await file.close()
      await file.close()
      assert.equal((await fixture.files.read('a.log')).toString(), 'hello World')
      await assert.rejects(file.read(0, target), StorageError)
    })

    it('takes more buffers than one system call does, across many kilobytes', async () => {
      using fixture = make()
      const file = await fixture.files.open('many', { create: true })
      const buffers = Array.from({ length: 3000 }, (_, index) => Buffer.alloc(301, index))
      await file.write(5, buffers)
      assert.equal(await file.size(), 5 + 3000 * 301)
      const all = Buffer.alloc(3000 * 301)
      assert.equal(await file.read(5, all), all.length)
      assert.ok(all.equals(Buffer.concat(buffers)))
      await file.close()
    })

    it('says where it is and what room there is', async () => {
      using fixture = make()
      assert.match(fixture.files.location, /^(\/.+|memory)$/)
      const volume = await fixture.files.volume()
      assert.equal(volume === undefined, fixture.files.location === 'memory')
      if (volume === undefined) return
      assert.ok(volume.usableBytes > 0 && volume.totalBytes > volume.usableBytes)
    })

    it('fills a gap and what was cut off with zeros', async () => {
      using fixture = make()
      const file = await fixture.files.open('gap', { create: true })
      await file.write(0, [text('abcdefgh')])
      await file.truncate(3)
      assert.equal(await file.size(), 3)
      await file.write(6, [text('x')])
      await file.close()
      assert.equal((await fixture.files.read('gap')).toString('latin1'), 'abc\0\0\0x')
    })

    it('tells that a path does not exist', async () => {
      using fixture = make()
      const { files } = fixture
      await assert.rejects(files.open('none'), withCode('ENOENT'))
      await assert.rejects(files.read('none'), withCode('ENOENT'))
      await assert.rejects(files.rename('none', 'other'), withCode('ENOENT'))
      await assert.rejects(files.list('none'), withCode('ENOENT'))
      await assert.rejects(files.open('no-folder/none', { create: true }), withCode('ENOENT'))
      assert.equal(await files.stat('none'), undefined)
      await files.remove('none')
      await files.removeFolder('none')
    })

    it('lists, renames and removes files and folders', async () => {
      using fixture = make()
      const { files } = fixture
      await files.createFolder('t-0')
      await files.createFolder('t-0')
      for (const path of ['t-0/b', 't-0/a', 'root']) await (await files.open(path, { create: true })).close()
      await files.syncFolder('t-0')
      await files.syncFolder('')
      assert.deepEqual(await files.list(''), [
        { name: 'root', isFolder: false },
        { name: 't-0', isFolder: true },
      ])
      await files.rename('t-0/a', 't-0/c')
      assert.deepEqual(
        (await files.list('t-0')).map(entry => entry.name),
        ['b', 'c'],
      )
      await files.rename('t-0', 'u-0')
      await files.remove('u-0/b')
      assert.deepEqual(
        (await files.list('u-0')).map(entry => entry.name),
        ['c'],
      )
      await files.removeFolder('u-0')
      assert.deepEqual(
        (await files.list('')).map(entry => entry.name),
        ['root'],
      )
    })

    it('keeps an open file readable while it and its folder are renamed', async () => {
      using fixture = make()
      const { files } = fixture
      await files.createFolder('t-0')
      const file = await files.open('t-0/a', { create: true })
      const other = await files.open('t-0/b', { create: true })
      await file.write(0, [text('kept')])
      await other.write(0, [text('other')])
      const target = Buffer.alloc(4)
      const [, , read] = await Promise.all([
        files.rename('t-0/a', 't-0/a.deleted'),
        other.read(0, Buffer.alloc(5)),
        file.read(0, target),
      ])
      assert.equal(read, 4)
      await files.rename('t-0', 't-0.gone-delete')
      await other.read(0, Buffer.alloc(5))
      assert.equal(await file.read(0, target.fill(0)), 4)
      assert.equal(target.toString(), 'kept')
      await file.close()
      await other.close()
    })

    it('replaces a file in one step', async () => {
      using fixture = make()
      const { files } = fixture
      await files.replace('checkpoint', text('a long first version'))
      await files.replace('checkpoint', text('second'))
      assert.equal((await files.read('checkpoint')).toString(), 'second')
      assert.deepEqual(
        (await files.list('')).map(entry => entry.name),
        ['checkpoint'],
      )
    })

    it('serves many files at once', async () => {
      using fixture = make()
      const { files } = fixture
      await Promise.all(
        Array.from({ length: 50 }, async (_, index) => {
          const file = await files.open(`f${index}`, { create: true })
          await file.write(0, [text(`content ${index}`)])
          await Promise.all([file.sync(), file.write(20, [text('tail')])])
          const target = Buffer.alloc(20)
          await file.read(0, target)
          assert.equal(target.toString('latin1').replace(/\0+$/, ''), `content ${index}`)
          await file.close()
        }),
      )
    })
  })

describe('DiskFileStore', () => {
  it('never keeps more descriptors open than it may', async () => {
    using fixture = onDisk(3)
    const files = fixture.files as DiskFileStore
    const open = []
    for (let index = 0; index < 10; index++) open.push(await files.open(`f${index}`, { create: true }))
    for (const file of open) await file.write(0, [text(file.path)])
    for (const file of open) await file.sync()
    assert.equal(files.openDescriptorCount, 3)
    for (const file of open) {
      const target = Buffer.alloc(2)
      await file.read(0, target)
      assert.equal(target.toString(), file.path)
      await file.close()
    }
    assert.equal(files.openDescriptorCount, 0)
  })
})

it('a MemoryFileStore with a capacity tells how much of it is left', async () => {
  const files = new MemoryFileStore({ capacityBytes: 100 })
  const file = await files.open('a', { create: true })
  await file.write(0, [Buffer.alloc(30)])
  assert.deepEqual(await files.volume(), { totalBytes: 100, usableBytes: 70 })
  files.fail({ operation: 'volume', code: 'EIO' })
  await assert.rejects(files.volume(), withCode('EIO'))
})
