// Remembers what of a lane is installed, by a digest of its files, so that only a change installs it again.

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Lane } from './lanes.ts'

/** What of a lane is looked at; who has no lane may have this. */
type Installation = Pick<Lane, 'folder' | 'cache' | 'made'>

export async function isInstalled(lane: Installation): Promise<boolean> {
  const written = await readFile(stampPath(lane), 'utf8').catch(() => undefined)
  return written === (await digest(lane)) && existsSync(lane.made)
}

/** Called before installing: half an installation is none. */
export async function forget(lane: Installation): Promise<void> {
  await mkdir(lane.cache, { recursive: true })
  await rm(stampPath(lane), { force: true })
}

export async function remember(lane: Installation): Promise<void> {
  await writeFile(stampPath(lane), await digest(lane))
}

function stampPath(lane: Installation): string {
  return join(lane.cache, 'installed')
}

async function digest(lane: Installation): Promise<string> {
  const entries = await readdir(lane.folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter(
      each => each.isFile() && !each.parentPath.includes('node_modules') && !/\.(ts|py)$/.test(each.name),
    )
    .map(each => join(each.parentPath, each.name))
  const hash = createHash('sha256').update(process.version)
  for (const file of files.toSorted((a, b) => a.localeCompare(b)))
    hash.update(file).update(await readFile(file))
  return hash.digest('hex')
}
