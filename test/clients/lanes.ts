// The clients under test: how each is installed, built and run. Each lane is a program that takes BOOTSTRAP (HOST:PORT)
// and prints `ok NAME`, `not ok NAME: why`, `skip NAME: why` and at the end `N passed, N failed`.

import { join } from 'node:path'
import type { Command } from './steps.ts'

export const root = join(import.meta.dirname, '../..')

export interface Lane {
  readonly name: string
  /** In the tree: the program and its pinned dependencies. */
  readonly folder: string
  /** Outside of it: what installing and building leaves. */
  readonly cache: string
  /** Fetch and build; not run again while the lane's files stay as they are, and what they made is there. */
  readonly install: readonly Command[]
  readonly made: string
  /** Run each time, before the lane. */
  readonly verify: readonly Command[]
  readonly program: Omit<Command, 'limitSeconds'>
}

const INSTALL_LIMIT_SECONDS = 300

/** A client for Node, with its package in its own folder. */
function nodeLane(name: string): Lane {
  const folder = join(import.meta.dirname, name)
  const tsc = join(root, 'node_modules/.bin/tsc')
  return {
    name,
    folder,
    cache: join(root, '.cache/clients', name),
    install: [install(['npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error'], folder)],
    made: join(folder, 'node_modules'),
    verify: [{ argv: [tsc, '-p', folder], limitSeconds: 60 }],
    program: {
      // kafkajs sets timers that are already due, at which Node warns.
      argv: [process.execPath, '--disable-warning=TimeoutNegativeWarning', join(folder, 'main.ts')],
      env: { KAFKAJS_NO_PARTITIONER_WARNING: '1' },
    },
  }
}

function pythonLane(name: string): Lane {
  const folder = join(import.meta.dirname, name)
  const cache = join(root, '.cache/clients', name)
  const venv = join(cache, 'venv')
  const pip = [join(venv, 'bin/pip'), 'install', '-q', '--disable-pip-version-check', '--no-deps'] as const
  return {
    name,
    folder,
    cache,
    install: [
      install(['python3', '-m', 'venv', venv], folder),
      install([...pip, '--only-binary', ':all:', '-r', join(folder, 'requirements.txt')], folder),
    ],
    made: venv,
    verify: [],
    program: { argv: [join(venv, 'bin/python'), '-B', join(folder, 'main.py')] },
  }
}

/** Apache Kafka's own client; the profile of the pom names an older version, none the newest. */
function javaLane(name: string, profile?: string): Lane {
  const folder = join(import.meta.dirname, 'java')
  const cache = join(root, '.cache/clients', name)
  const classpath = [join(cache, 'lane.jar'), join(cache, 'lib/*')].join(':')
  return {
    name,
    folder,
    cache,
    install: [
      install(['mvn', '-q', '-B', ...(profile === undefined ? [] : ['-P', profile]), 'package'], folder),
    ],
    made: join(cache, 'lane.jar'),
    verify: [],
    program: {
      argv: [
        'java',
        '-Xmx192m',
        '-XX:+UseSerialGC',
        '-XX:TieredStopAtLevel=1',
        '-cp',
        classpath,
        'clients.Main',
      ],
    },
  }
}

/** The clients for Go are of one module, whose checks they share. */
function goLane(name: string): Lane {
  const folder = join(import.meta.dirname, 'go')
  const cache = join(root, '.cache/clients', name)
  const binary = join(cache, 'lane')
  const build = ['go', 'build', '-trimpath', '-mod=readonly', '-o', binary, `./${name}`] as const
  return {
    name,
    folder,
    cache,
    install: [install(build, folder)],
    made: binary,
    verify: [],
    program: { argv: [binary] },
  }
}

/** Both clients for Rust are of one workspace, so that what they share is built once. */
function rustLane(name: string): Lane {
  const folder = join(import.meta.dirname, 'rust')
  const target = join(root, '.cache/clients/rust/target')
  const binary = join(target, `debug/lane-${name}`)
  const cargo = ['cargo', 'build', '--quiet', '--locked', '-p', `lane-${name}`] as const
  return {
    name,
    folder,
    cache: join(root, '.cache/clients', name),
    install: [{ ...install(cargo, folder), env: { CARGO_TARGET_DIR: target } }],
    made: binary,
    verify: [],
    program: { argv: [binary] },
  }
}

/** Kafka's own tools; what they print is compared with what they print for Apache Kafka. */
function toolsLane(): Lane {
  const folder = join(import.meta.dirname, 'kafka-tools')
  const cache = join(root, '.cache/clients/kafka-tools')
  return {
    name: 'kafka-tools',
    folder,
    cache,
    install: [install([process.execPath, join(folder, 'kafka-tools.ts')], folder)],
    made: join(cache, 'driver.jar'),
    verify: [],
    program: { argv: [process.execPath, join(folder, 'main.ts')] },
  }
}

function install(argv: Command['argv'], cwd: string): Command {
  return { argv, cwd, limitSeconds: INSTALL_LIMIT_SECONDS }
}

export const lanes: readonly Lane[] = [
  nodeLane('kafkajs'),
  nodeLane('platformatic'),
  pythonLane('confluent-kafka'),
  javaLane('java'),
  javaLane('java-3.9', 'kafka-3.9'),
  javaLane('java-2.8', 'kafka-2.8'),
  goLane('franz-go'),
  goLane('sarama'),
  goLane('kafka-go'),
  rustLane('rdkafka'),
  rustLane('rskafka'),
  toolsLane(),
]
