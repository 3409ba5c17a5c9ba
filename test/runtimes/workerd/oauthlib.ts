import { env } from 'cloudflare:workers'
import type { Oauthlib as Process } from '../../../packages/countersign/test/protocol/oauthlib.ts'

/** The bindings of vitest.config.ts. */
declare module 'cloudflare:workers' {
  interface Env {
    readonly oauthlib: { fetch(url: string, init: RequestInit): Promise<Response> }
    readonly oauthlibAvailable: boolean
  }
}

export async function oauthlibAvailable(): Promise<boolean> {
  return env.oauthlibAvailable
}

export class Oauthlib implements Pick<Process, keyof Process> {
  async ask<R>(name: string, jobs: readonly object[]): Promise<R[]> {
    const response = await env.oauthlib.fetch('http://oauthlib/', {
      method: 'POST',
      body: JSON.stringify({ name, jobs }),
    })
    if (!response.ok) throw new Error(await response.text())
    return (await response.json()) as R[]
  }

  close(): void {}
}
