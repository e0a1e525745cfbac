/** `odradek groups`: the consumer groups of a cluster, a file for each thing that can be done with them. */
import { Command } from 'commander'
import { deleteCommand } from './groups/delete.ts'
import { describeCommand } from './groups/describe.ts'
import { listCommand } from './groups/list.ts'
import { resetOffsetsCommand } from './groups/reset-offsets.ts'

export function groupsCommand(): Command {
  return new Command('groups')
    .alias('group')
    .description('List, describe and delete groups, and move their offsets.')
    .addCommand(listCommand())
    .addCommand(describeCommand())
    .addCommand(deleteCommand())
    .addCommand(resetOffsetsCommand())
}
