/**
 * The operations that a client may do, as the bit field of Metadata, DescribeCluster and DescribeGroups: bit n is
 * AclOperation n (KIP-430). Without an authorizer everybody may do all that a resource supports
 * (org.apache.kafka.security.authorizer.AclEntry.supportedOperations).
 */
const operations = {
  read: 3,
  write: 4,
  create: 5,
  delete: 6,
  alter: 7,
  describe: 8,
  clusterAction: 9,
  describeConfigs: 10,
  alterConfigs: 11,
  idempotentWrite: 12,
} as const

function bits(...names: readonly (keyof typeof operations)[]): number {
  return names.reduce((field, name) => field | (1 << operations[name]), 0)
}

/** Sent when the client did not ask. */
export const operationsNotAsked = -2147483648

export const topicOperations = bits(
  'read',
  'write',
  'create',
  'describe',
  'delete',
  'alter',
  'describeConfigs',
  'alterConfigs',
)
export const clusterOperations = bits(
  'create',
  'clusterAction',
  'describeConfigs',
  'alterConfigs',
  'idempotentWrite',
  'alter',
  'describe',
)
export const groupOperations = bits('read', 'describe', 'delete', 'describeConfigs', 'alterConfigs')
