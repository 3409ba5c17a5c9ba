import { env } from 'cloudflare:workers'
import type { Oauthlib as Process } from '../../../packages/countersign/test/protocol/oauthlib.ts'

/** `askOauthlib` of vitest.config.ts. */
const outside = env['oauthlib'] as { fetch(url: string, init: RequestInit): Promise<Response> }

export function oauthlibAvailable(): boolean {
  return env['oauthlibAvailable'] === true
}

export class Oauthlib implements Pick<Process, keyof Process> {
  async ask<R>(name: string, jobs: readonly object[]): Promise<R[]> {
    const response = await outside.fetch('http://oauthlib/', {
      method: 'POST',
      body: JSON.stringify({ name, jobs }),
    })
    if (!response.ok) throw new Error(await response.text())
    return (await response.json()) as R[]
  }

  close(): void {}
}
