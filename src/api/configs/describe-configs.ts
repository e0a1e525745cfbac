/**
 * DescribeConfigs (API key 32), versions 1–4: the settings of topics, brokers, groups and client-metrics
 * subscriptions, with their sources. Work: metadata/describe-configs.ts.
 * Gaps: a broker has one logger, root, and none where an application gave it a log of its own without a level. An
 * answer has at most 200,000 settings; resources past that are refused with INVALID_REQUEST.
 */
import { errorCode } from '#protocol/error-codes.ts'
import { describeConfigs } from '#protocol/messages/describe-configs.ts'
import type { DescribeConfigsRequest, DescribeConfigsResponse } from '#protocol/messages/describe-configs.ts'
import type { Input } from '#protocol/schema.ts'
import type { Handler, RequestContext } from '../handler.ts'
import { resourceTypeOf, sourceCodes, typeCodes } from './resource-types.ts'

type Result = NonNullable<Input<typeof DescribeConfigsResponse>['results']>[number]
type Resource = DescribeConfigsRequest['resources'][number]

/**
 * A request names a resource in a few bytes and is answered with kilobytes; without a bound one request could make
 * an answer of gigabytes. This is room for all settings of some 6,000 topics.
 */
const maxEntries = 200_000

/** Kafka refuses a whole request for one kind of resource that it does not know. */
const malformed =
  'This most likely occurs because of a request being malformed by the client library or the message was sent to ' +
  'an incompatible broker. See the broker logs for more details.'

export const describeConfigsHandler: Handler<
  DescribeConfigsRequest,
  Input<typeof DescribeConfigsResponse>
> = {
  message: describeConfigs,
  versions: { min: 1, max: 4 },
  handle(context, request) {
    if (request.resources.some(({ resourceType }) => resourceTypeOf(resourceType) === undefined)) {
      return { results: request.resources.map(resource => failed(resource, 'INVALID_REQUEST', malformed)) }
    }
    let entryCount = 0
    const results = request.resources.map(resource => {
      if (entryCount >= maxEntries) {
        return failed(
          resource,
          'INVALID_REQUEST',
          'Too many resources in one request: ask for fewer at a time.',
        )
      }
      const result = describe(context, resource, request)
      entryCount += result.configs?.length ?? 0
      return result
    })
    return { results }
  },
}

function describe(
  { services }: RequestContext,
  resource: Resource,
  { includeSynonyms, includeDocumentation }: DescribeConfigsRequest,
): Result {
  const type = resourceTypeOf(resource.resourceType)!
  const described = services.configs.describe({ type, name: resource.resourceName })
  if (!Array.isArray(described)) {
    return failed(resource, described.error, described.message)
  }
  const keys = new Set(resource.configurationKeys)
  const entries = keys.size === 0 ? described : described.filter(entry => keys.has(entry.name))
  return {
    ...resultOf(resource),
    configs: entries.map(entry => ({
      name: entry.name,
      value: entry.value,
      readOnly: entry.readOnly,
      configSource: sourceCodes[entry.source],
      isSensitive: entry.sensitive,
      synonyms: includeSynonyms
        ? entry.synonyms.map(({ name, value, source }) => ({ name, value, source: sourceCodes[source] }))
        : [],
      configType: typeCodes[entry.type],
      documentation: includeDocumentation ? entry.documentation : null,
    })),
  }
}

function resultOf({ resourceType, resourceName }: Resource): Result {
  return { errorCode: 0, errorMessage: '', resourceType, resourceName, configs: [] }
}

function failed(
  resource: Resource,
  error: Parameters<typeof errorCode>[0],
  errorMessage: string | null,
): Result {
  return { ...resultOf(resource), errorCode: errorCode(error), errorMessage }
}
