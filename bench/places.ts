// Where the benchmark finds and puts things.

import { join } from 'node:path'

export const root = join(import.meta.dirname, '..')

/** Kafka, the built load program and the data folders of a run: on the file system of the checkout. */
export const cache = join(root, '.cache/bench')
