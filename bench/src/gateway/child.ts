import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { converse } from '../conversation.ts'

/** The keys to sign requests with. */
export interface GatewayKeys {
  readonly client: { readonly clientId: string; readonly clientSecret: string }
  readonly token: { readonly oauthToken: string; readonly oauthTokenSecret: string }
}

/** A process of this bench. */
export interface Child {
  readonly address: string
  /** Microseconds of processor time so far. */
  cpu(): Promise<number>
  setup(): Promise<GatewayKeys>
  stop(): Promise<void>
}

/** @param folder - Where to write its log, like a service's. */
export async function startChild(
  main: 'upstream' | 'proxy' | 'gateway',
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Child> {
  const file = fileURLToPath(new URL(`${main}-main.ts`, import.meta.url))
  const log = openSync(join(folder, `${main}.log`), 'a')
  const child = spawn(process.execPath, [...process.execArgv, file], {
    stdio: ['pipe', 'pipe', log],
    env: { PATH: process.env['PATH'], ...env },
  }) as ChildProcessByStdio<Writable, Readable, null>
  closeSync(log)
  const { address, ask, stop } = await converse(
    child,
    `The process of ${main} has ended; ${folder} has its log.`,
  )
  return {
    address,
    cpu: () => ask('cpu'),
    setup: () => ask('setup'),
    stop,
  }
}
