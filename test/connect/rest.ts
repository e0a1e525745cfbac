// The REST interface of a Kafka Connect worker, as far as the checks use it.

import { fail } from '../fault/checks.ts'

export interface TaskStatus {
  readonly id: number
  readonly state: string
  readonly worker_id: string
  readonly trace?: string
}

export interface ConnectorStatus {
  readonly connector: { readonly state: string; readonly worker_id: string; readonly trace?: string }
  readonly tasks: readonly TaskStatus[]
}

const REQUEST_LIMIT_MS = 30_000

export class ConnectRest {
  readonly #url: string

  constructor(port: number) {
    this.#url = `http://127.0.0.1:${port}`
  }

  /** Whether the worker takes requests: it has read its internal topics and is in its group. */
  async isReady(): Promise<boolean> {
    try {
      return (await this.#fetch('GET', '/health')).ok
    } catch {
      return false
    }
  }

  /** Creates a connector, or changes its configuration. */
  async configure(name: string, config: Readonly<Record<string, string>>): Promise<void> {
    await this.#call('PUT', `/connectors/${name}/config`, config)
  }

  connectors(): Promise<readonly string[]> {
    return this.#call('GET', '/connectors') as Promise<readonly string[]>
  }

  status(name: string): Promise<ConnectorStatus> {
    return this.#call('GET', `/connectors/${name}/status`) as Promise<ConnectorStatus>
  }

  /** Whether the connector and so many tasks run; fails where one of them has failed. */
  async runs(name: string, taskCount: number): Promise<boolean> {
    const status = await this.status(name).catch(() => undefined)
    if (status === undefined) return false
    const broken = [status.connector, ...status.tasks].find(({ state }) => state === 'FAILED')
    if (broken !== undefined) fail(`${name} has failed: ${broken.trace?.slice(0, 2000)}`)
    const parts = [status.connector, ...status.tasks]
    return parts.length === taskCount + 1 && parts.every(({ state }) => state === 'RUNNING')
  }

  async stop(name: string): Promise<void> {
    await this.#call('PUT', `/connectors/${name}/stop`)
  }

  async resume(name: string): Promise<void> {
    await this.#call('PUT', `/connectors/${name}/resume`)
  }

  /** Offsets as the worker tells them: of a source from its internal topic, of a sink those that its group committed. */
  async offsets(name: string): Promise<readonly { partition: object; offset: object }[]> {
    const answer = (await this.#call('GET', `/connectors/${name}/offsets`)) as { offsets: [] }
    return answer.offsets
  }

  async deleteOffsets(name: string): Promise<void> {
    await this.#call('DELETE', `/connectors/${name}/offsets`)
  }

  async delete(name: string): Promise<void> {
    await this.#call('DELETE', `/connectors/${name}`)
  }

  async #call(method: string, path: string, body?: object): Promise<unknown> {
    const response = await this.#fetch(method, path, body)
    const text = await response.text()
    if (!response.ok) fail(`${method} ${path}: ${response.status} ${text.slice(0, 1000)}`)
    return text === '' ? undefined : (JSON.parse(text) as unknown)
  }

  #fetch(method: string, path: string, body?: object): Promise<Response> {
    return fetch(this.#url + path, {
      method,
      signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
  }
}
