/**
 * Makes docs/compatibility.md from the code: the list of handlers, the comments of their files, the tables of config
 * keys. The same on every machine.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { handlers } from '#api/index.ts'
import type { ConfigKey } from '#metadata/config-def.ts'
import {
  brokerKeys,
  brokerQuotaKeys,
  clientMetricsKeys,
  groupKeys,
  topicKeys,
} from '#metadata/config-keys/index.ts'
import { topics } from './differences.ts'
import { kafkaApis, kafkaVersion } from './kafka-apis.ts'
import type { KafkaApi } from './kafka-apis.ts'

const apiFolder = new URL('../../src/api/', import.meta.url)

export function compatibilityDocument(): string {
  const answered = kafkaApis.filter(api => versionsOf(api) !== undefined)
  return [
    '# Compatibility with Apache Kafka',
    `Made from the code by \`npm run docs\`; do not edit. Measured against Apache Kafka ${kafkaVersion}.`,
    '## APIs',
    `A broker of Kafka ${kafkaVersion} advertises ${kafkaApis.length} APIs. ${answered.length} of them are answered here; what is not answered is not advertised either, so that clients know. ` +
      'A request for another API or version closes the connection, as in Kafka; only ApiVersions answers a version that is too new, with the versions it has.',
    apiTable(),
    'Produce is advertised from version 0 and answered from version 3, in Kafka as here: librdkafka looks for the older ones.',
    '## Known gaps',
    'What the APIs that are answered do not do, or do not do as Kafka does. An API that is not in this list has no known gap.',
    gapList(),
    '## Differences on purpose',
    ...topics.flatMap(({ title, differences }) => [
      `### ${title}`,
      table(
        ['what', 'here', 'Kafka'],
        differences.map(({ what, here, kafka }) => [what, here, kafka]),
      ),
    ]),
    '## Configuration keys',
    'Every key that Kafka knows is accepted, checked and shown by DescribeConfigs. Keys of the first kind have an effect here; ' +
      'a start with one of the others names it in its log, and nothing else comes of it.',
    ...configSection('Broker', brokerKeys),
    ...configSection('Topic', topicKeys),
    ...configSection('Group', groupKeys),
    ...configSection('Client-metrics subscription', clientMetricsKeys),
    ...configSection('Broker, as dynamic settings only', brokerQuotaKeys),
  ]
    .join('\n\n')
    .concat('\n')
}

// -- APIs -----------------------------------------------------------------------------------------------------------

function versionsOf(api: KafkaApi): { min: number; max: number } | undefined {
  const handler = handlers.find(({ message }) => message.key === api.key)
  return handler && { min: handler.advertisedMin ?? handler.versions.min, max: handler.versions.max }
}

function apiTable(): string {
  return table(
    ['key', 'API', 'Kafka', 'here'],
    kafkaApis.map(api => {
      const versions = versionsOf(api)
      return [String(api.key), api.name, range(api), versions === undefined ? 'not yet' : range(versions)]
    }),
  )
}

function range({ min, max }: { min: number; max: number }): string {
  return min === max ? String(min) : `${min}–${max}`
}

function gapList(): string {
  return kafkaApis
    .filter(api => versionsOf(api) !== undefined)
    .map(api => ({ name: api.name, gaps: gapsOf(api.name) }))
    .filter(({ gaps }) => !gaps.startsWith('none'))
    .map(({ name, gaps }) => `- **${name}**: ${gaps}`)
    .join('\n')
}

/** The text behind `Gaps:` in the comment that the handler's file begins with; it ends with the comment. */
function gapsOf(apiName: string): string {
  const path = handlerPath(apiName)
  const [comment] = readFileSync(new URL(path, apiFolder), 'utf8').split('*/', 1)
  const [, gaps] = /^ \* Gaps: ([^]*)/m.exec(comment!) ?? []
  if (gaps === undefined)
    throw new Error(`src/api/${path} does not begin with a comment that has a 'Gaps:' line`)
  return gaps.replaceAll(/\s*\n \*?\s*/g, ' ').trim()
}

function handlerPath(apiName: string): string {
  const fileName = `${apiName.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()}.ts`
  const path = readdirSync(apiFolder, { recursive: true, encoding: 'utf8' }).find(name =>
    name.replaceAll('\\', '/').endsWith(`/${fileName}`),
  )
  if (path === undefined) throw new Error(`src/api has no ${fileName}`)
  return path
}

// -- configs --------------------------------------------------------------------------------------------------------

function configSection(title: string, keys: ReadonlyMap<string, ConfigKey>): string[] {
  const all = [...keys.values()]
  const effective = all.filter(key => key.effect !== undefined)
  const others = all.filter(key => key.effect === undefined)
  return [
    `### ${title}: ${effective.length} of ${all.length} with effect`,
    ...(effective.length === 0
      ? []
      : [
          table(
            ['key', 'default', 'effect'],
            effective.map(key => [`\`${key.name}\``, defaultOf(key), key.effect!]),
          ),
        ]),
    ...(others.length === 0
      ? []
      : [`Accepted without effect: ${others.map(({ name }) => `\`${name}\``).join(', ')}.`]),
  ]
}

function defaultOf(key: ConfigKey): string {
  if (key.default === null) return 'none'
  return key.default === '' ? 'empty' : `\`${key.default}\``
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows]
    .map(cells => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n')
}
