/** Broker keys of listeners, connections, requests and their limits. */
import { atLeast, connectionLimits, listOfAny, protocolMap } from '../config-validators.ts'
import { className, int, list, long, string } from './broker-key.ts'
import type { BrokerKey } from './broker-key.ts'

export const brokerNetworkKeys: readonly BrokerKey[] = [
  list('advertised.listeners', null, 'HIGH', 'read-only', {
    valid: listOfAny({ nullable: true }),
    effect:
      'The address that clients are told to connect to, as PLAINTEXT://HOST:PORT. Without it each client is told the address and port that it reached the broker by.',
  }),
  className('client.quota.callback.class', null, 'LOW', 'read-only'),
  list('config.providers', '', 'LOW', 'cluster-wide', { valid: listOfAny({ empty: true }) }),
  int('connection.failed.authentication.delay.ms', '100', 'LOW', 'read-only', { valid: atLeast(0) }),
  long('connections.max.idle.ms', '600000', 'MEDIUM', 'read-only', {
    effect: 'A connection without a request for this long is closed. Negative: never.',
  }),
  long('connections.max.reauth.ms', '0', 'MEDIUM', 'read-only'),
  int('delete.records.purgatory.purge.interval.requests', '1', 'MEDIUM', 'read-only'),
  list('early.start.listeners', null, 'HIGH', 'read-only', {
    valid: listOfAny({ empty: true, nullable: true }),
  }),
  int('fetch.max.bytes', '57671680', 'MEDIUM', 'read-only', {
    valid: atLeast(1024),
    effect: 'Most bytes of records in one answer to Fetch, whatever the client asks for.',
  }),
  int('fetch.purgatory.purge.interval.requests', '1000', 'MEDIUM', 'read-only'),
  string('inter.broker.listener.name', null, 'MEDIUM', 'read-only'),
  string(
    'listener.security.protocol.map',
    'SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT',
    'LOW',
    'per-broker',
    { valid: protocolMap },
  ),
  list('listeners', 'PLAINTEXT://:9092', 'HIGH', 'per-broker', {
    valid: listOfAny({}),
    effect:
      'Where the broker listens, as PLAINTEXT://HOST:PORT. Port 0 takes a free port; an empty host is every address of the machine.',
  }),
  int('max.connection.creation.rate', '2147483647', 'MEDIUM', 'cluster-wide', { valid: atLeast(0) }),
  int('max.connections', '2147483647', 'MEDIUM', 'cluster-wide', {
    valid: atLeast(0),
    effect: 'Most connections at a time; a further one is closed at once.',
  }),
  int('max.connections.per.ip', '2147483647', 'MEDIUM', 'cluster-wide', {
    valid: atLeast(0),
    effect: 'Most connections at a time from one address; a further one is closed at once.',
  }),
  string('max.connections.per.ip.overrides', '', 'MEDIUM', 'cluster-wide', {
    valid: connectionLimits,
    effect: 'Limits that differ from max.connections.per.ip, as ADDRESS:COUNT separated by commas.',
  }),
  int('max.incremental.fetch.session.cache.slots', '1000', 'MEDIUM', 'read-only', {
    valid: atLeast(0),
    effect: 'Number of fetch sessions kept; the next one displaces the session that was used least recently.',
  }),
  int('num.io.threads', '8', 'HIGH', 'cluster-wide', { valid: atLeast(1) }),
  int('num.network.threads', '3', 'HIGH', 'cluster-wide', { valid: atLeast(1) }),
  int('producer.purgatory.purge.interval.requests', '1000', 'MEDIUM', 'read-only'),
  long('queued.max.request.bytes', '-1', 'MEDIUM', 'read-only'),
  int('queued.max.requests', '500', 'HIGH', 'read-only', { valid: atLeast(1) }),
  int('quota.window.num', '11', 'LOW', 'read-only', { valid: atLeast(1) }),
  int('quota.window.size.seconds', '1', 'LOW', 'read-only', { valid: atLeast(1) }),
  int('request.timeout.ms', '30000', 'HIGH', 'read-only'),
  long('socket.connection.setup.timeout.max.ms', '30000', 'MEDIUM', 'read-only'),
  long('socket.connection.setup.timeout.ms', '10000', 'MEDIUM', 'read-only'),
  int('socket.listen.backlog.size', '50', 'MEDIUM', 'read-only', {
    valid: atLeast(1),
  }),
  int('socket.receive.buffer.bytes', '102400', 'HIGH', 'read-only'),
  int('socket.request.max.bytes', '104857600', 'HIGH', 'read-only', {
    valid: atLeast(1),
    effect: 'Largest request that is read; a connection that announces a larger one is closed.',
  }),
  int('socket.send.buffer.bytes', '102400', 'HIGH', 'read-only'),
  int('telemetry.max.bytes', '1048576', 'LOW', 'read-only', { valid: atLeast(1) }),
]
