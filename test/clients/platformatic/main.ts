// @platformatic/kafka against the broker at BOOTSTRAP (HOST:PORT). QUICK=1 makes a short run.

import { check, finish } from '../shared/checks.ts'
import { removeTopics } from './broker.ts'
import { clusterChecks } from './cluster.ts'
import { groupChecks } from './groups.ts'
import { offsetChecks } from './offsets.ts'
import { roundTripChecks } from './round-trip.ts'
import { sizeChecks } from './sizes.ts'
import { topicChecks } from './topics.ts'

await topicChecks()
await roundTripChecks()
await groupChecks()
await offsetChecks()
await clusterChecks()
await sizeChecks()
await check('remove the topics', removeTopics)
finish()
