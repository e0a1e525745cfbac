/** `odradek topics`: the topics of a cluster, a file for each thing that can be done with them. */
import { Command } from 'commander'
import { addPartitionsCommand } from './topics/add-partitions.ts'
import { alterConfigCommand } from './topics/alter-config.ts'
import { createCommand } from './topics/create.ts'
import { deleteCommand } from './topics/delete.ts'
import { describeCommand } from './topics/describe.ts'
import { listCommand } from './topics/list.ts'

export function topicsCommand(): Command {
  return new Command('topics')
    .alias('topic')
    .description('List, create, describe, change and delete topics.')
    .addCommand(listCommand())
    .addCommand(createCommand())
    .addCommand(describeCommand())
    .addCommand(deleteCommand())
    .addCommand(addPartitionsCommand())
    .addCommand(alterConfigCommand())
}
