/**
 * CreatePartitions (API key 37), versions 0–3: adds partitions to topics. Work: metadata/topics.ts.
 * Gaps: none.
 */
import { errorCode } from '#protocol/error-codes.ts'
import { createPartitions } from '#protocol/messages/create-partitions.ts'
import type {
  CreatePartitionsRequest,
  CreatePartitionsResponse,
} from '#protocol/messages/create-partitions.ts'
import type { Input } from '#protocol/schema.ts'
import type { Handler } from '../handler.ts'
import { partRepeated } from './once.ts'

export const createPartitionsHandler: Handler<
  CreatePartitionsRequest,
  Input<typeof CreatePartitionsResponse>
> = {
  message: createPartitions,
  versions: { min: 0, max: 3 },
  async handle({ services }, { topics, validateOnly }) {
    const { once, repeated } = partRepeated(topics, topic => topic.name)
    const wanted = once.map(({ name, count, assignments }) => ({
      name,
      count,
      assignments: assignments?.map(assignment => assignment.brokerIds),
    }))
    const results = await services.topics.createPartitions(wanted, { validateOnly })
    return {
      results: [
        ...results.map((result, index) => ({
          name: once[index]!.name,
          errorCode: errorCode(result.error),
          errorMessage: result.error === 'NONE' ? null : result.message,
        })),
        ...repeated.map(name => ({
          name,
          errorCode: errorCode('INVALID_REQUEST'),
          errorMessage: 'Duplicate topic name.',
        })),
      ],
    }
  },
}
