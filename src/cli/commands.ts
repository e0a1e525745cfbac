/**
 * All commands, in the order in which the help names them: their files are loaded when they are called, so that none
 * pays for another.
 */
import type { Command } from 'commander'

export interface CommandEntry {
  readonly name: string
  readonly alias?: string
  /** Of the help. */
  readonly summary: string
  readonly load: () => Promise<Command>
}

export const commands: readonly CommandEntry[] = [
  {
    name: 'start',
    summary: 'run a broker until it is stopped',
    load: async () => (await import('./commands/start.ts')).startCommand(),
  },
  {
    name: 'topics',
    alias: 'topic',
    summary: 'list, create, describe, change and delete topics',
    load: async () => (await import('./commands/topics.ts')).topicsCommand(),
  },
  {
    name: 'produce',
    summary: 'send the lines of standard input as records',
    load: async () => (await import('./commands/produce.ts')).produceCommand(),
  },
  {
    name: 'consume',
    summary: 'print the records of topics',
    load: async () => (await import('./commands/consume.ts')).consumeCommand(),
  },
  {
    name: 'groups',
    alias: 'group',
    summary: 'list, describe and delete groups, and move their offsets',
    load: async () => (await import('./commands/groups.ts')).groupsCommand(),
  },
  {
    name: 'profiles',
    alias: 'profile',
    summary: 'names for clusters',
    load: async () => (await import('./commands/profiles.ts')).profilesCommand(),
  },
  {
    name: 'doctor',
    summary: 'check the data folder of a stopped broker',
    load: async () => (await import('./commands/doctor.ts')).doctorCommand(),
  },
  {
    name: 'dump',
    summary: 'show what lies in the files of a data folder',
    load: async () => (await import('./commands/dump.ts')).dumpCommand(),
  },
  {
    name: 'completion',
    summary: 'a script that completes command lines in bash, zsh or fish',
    load: async () => (await import('./commands/completion.ts')).completionCommand(commands),
  },
]
