// One process of the provider, configured by its environment. It prints its address, then responds to each line on
// standard input: `setup` creates a user, a client and a token, `state` reports the resources of the process.
import { readdirSync } from 'node:fs'
import { createInterface } from 'node:readline'
import {
  createAccount,
  createProvider,
  issueToken,
  registerClient,
  settingsFromEnv,
} from '@countersign/provider'
import type { ProviderKeys, ProviderState } from './running-provider.ts'

const provider = await createProvider(settingsFromEnv(process.env))
const { services, address } = provider
console.log(address)

const tables = [
  'oauth_nonce',
  'oauth_temporary_credential',
  'oauth_token_credential',
  'decision',
  'flash',
  'session',
  'recent_request',
] as const

async function setup(): Promise<ProviderKeys> {
  const { db } = services
  const { id } = await createAccount(db, 'anna', 'correct horse battery')
  const callbacks = ['https://album.example/cb']
  const { clientId, clientSecret } = await registerClient(db, { name: 'Album', callbacks })
  const { oauthToken, oauthTokenSecret } = await issueToken(services, clientId, id)
  return {
    client: { key: clientId, secret: clientSecret },
    token: { key: oauthToken, secret: oauthTokenSecret },
  }
}

async function state(): Promise<ProviderState> {
  const { user, system } = process.cpuUsage()
  const rows: Record<string, number> = {}
  for (const table of tables) {
    const { count } = await services.db
      .selectFrom(table)
      .select(({ fn }) => fn.countAll().as('count'))
      .executeTakeFirstOrThrow()
    rows[table] = Number(count)
  }
  globalThis.gc?.()
  const { rss, heapUsed } = process.memoryUsage()
  // A system without this folder counts none.
  const handles = process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0
  return { cpu: user + system, rss, heapUsed, handles, rows }
}

for await (const line of createInterface({ input: process.stdin }))
  console.log(JSON.stringify(line === 'setup' ? await setup() : await state()))
await provider.close()
process.exit(0)
