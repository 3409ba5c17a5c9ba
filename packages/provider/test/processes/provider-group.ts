import { createClient } from 'redis'
import { services, uniqueName } from '../../../countersign/test/services.ts'
import {
  createDatabase,
  databaseConfig,
  removeDatabase,
} from '../../../countersign/test/stores/backends/databases.ts'
import { type ProviderProcess, runProvider, temporaryDirectory } from '../running-provider.ts'
import { Visitor } from '../visitor.ts'
import { deliver, type Keys, publicUrl, signedRequest } from './signed-request.ts'

const password = 'correct horse battery'

export type DatabaseName = 'sqlite' | 'postgres' | 'mariadb'

/** Several processes of one provider, over a database and a Redis of their own. */
export interface ProviderGroup {
  readonly processes: ProviderProcess[]
  /** What starts another process of it. */
  readonly env: Readonly<Record<string, string>>
  readonly directory: string
  /** The address of one process after the other. */
  next(): string
  /** A person whose every request reaches another process. */
  visitor(address?: string): Visitor
  /** Signed up and signed in. */
  member(name: string): Promise<Visitor>
  /** Registers a client by the page. */
  register(visitor: Visitor, name?: string): Promise<Keys>
  close(): Promise<void>
}

/**
 * @param database - A kind, of which it gets a database of its own; or the URL of one that the caller makes and removes.
 * @param env - Settings besides those that make it a group.
 */
export async function startGroup(
  database: DatabaseName | `${string}://${string}`,
  count: number,
  env: Readonly<Record<string, string>> = {},
): Promise<ProviderGroup> {
  const isGiven = isUrl(database)
  const url = isGiven ? database : databaseConfig(database)
  const prefix = `${uniqueName('group')}:`
  const directory = temporaryDirectory()
  const settings = {
    DATABASE_URL: url,
    REDIS_URL: services.redis.url,
    REDIS_PREFIX: prefix,
    PUBLIC_URL: publicUrl,
    CLIENT_ADDRESS_HEADER: 'x-forwarded-for',
    ...env,
  }
  if (!isGiven) await createDatabase(url)
  // All at once: each finds an empty database.
  const processes = await Promise.all(
    Array.from({ length: count }, () => runProvider(directory.path, settings)),
  )
  let turn = 0
  const next = () => processes[turn++ % processes.length]?.url as string
  const visitor = (address = '192.0.2.200') => new Visitor(next, { 'x-forwarded-for': address })
  return {
    processes,
    env: settings,
    directory: directory.path,
    next,
    visitor,
    async member(name) {
      const member = visitor()
      const { status, text } = await member.signUp(name, password)
      if (status !== 200) throw new Error(`Sign-up ended with ${status}: ${text}`)
      return member
    },
    async register(member, name = 'Album') {
      await member.open('/clients/new')
      const { text } = await member.submit('/clients', { name, callbacks: callback })
      const [key = '', secret = ''] = [...text.matchAll(/<dd class="secret"><code>([^<]+)</g)].map(
        ([, value]) => value,
      )
      return { key, secret }
    },
    async close() {
      await Promise.all(processes.map((each) => each.stop()))
      if (!isGiven) await removeDatabase(url)
      // The caller's own Redis ends with its contents.
      if (settings.REDIS_URL === services.redis.url) await removeKeys(prefix)
      directory.remove()
    },
  }
}

function isUrl(database: string): database is `${string}://${string}` {
  return database.includes('://')
}

/** Where clients of a group have their users sent back to. */
const callback = 'https://album.example/cb'

/** A temporary credential for the client. */
export async function initiate(address: string, client: Keys): Promise<Keys> {
  const request = signedRequest('POST', '/oauth/initiate', client, undefined, {
    oauth: { oauth_callback: callback },
  })
  return keysOf(await deliver(address, request))
}

/** The user's approval; the verifier that the client is sent. */
export async function approve(member: Visitor, temporary: Keys): Promise<string> {
  await member.open(`/oauth/authorize?oauth_token=${temporary.key}`)
  const { leftFor = '' } = await member.submit('/oauth/authorize', { decision: 'allow' })
  return new URL(leftFor).searchParams.get('oauth_verifier') ?? ''
}

/** The request that exchanges an approved temporary credential. */
export function exchange(client: Keys, temporary: Keys, verifier: string) {
  return signedRequest('POST', '/oauth/token', client, temporary, { oauth: { oauth_verifier: verifier } })
}

/** The credential in a response. @throws Error where it is a refusal. */
export async function keysOf(response: Response): Promise<Keys> {
  const text = await response.text()
  if (response.status !== 200) throw new Error(`Refused with ${response.status}: ${text}`)
  const pairs = new URLSearchParams(text)
  return { key: pairs.get('oauth_token') ?? '', secret: pairs.get('oauth_token_secret') ?? '' }
}

/** Removes what tests left in Redis. */
export async function removeKeys(prefix: string): Promise<void> {
  const client = await createClient({ url: services.redis.url }).connect()
  for await (const keys of client.scanIterator({ MATCH: `${prefix}*`, COUNT: 1000 }))
    if (keys.length > 0) await client.unlink(keys)
  await client.close()
}
