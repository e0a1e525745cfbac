/** Every step of the format of odradek.sqlite, in order. */
import { initial } from './001-initial.ts'
import type { Migration } from './migration.ts'

export const migrations: readonly Migration[] = [initial]
