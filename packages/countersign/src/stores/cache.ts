/**
 * Nonces and temporary credentials in any cache that has an atomic `add`.
 *
 * @example
 * ```ts
 * import { nonceHooks, temporaryCredentialHooks } from 'countersign/cache'
 *
 * const hooks = { ...kyselyHooks(db), ...nonceHooks(cache), ...temporaryCredentialHooks(cache) }
 * ```
 *
 * @module
 */

import { sha256Base64Url } from '../crypto/digest.ts'
import { ConfigurationError, StoreError } from '../errors.ts'
import type { Awaitable, HookRegistry, Hooks } from '../server/hooks.ts'
import type { Grant, TemporaryCredential } from '../server/models.ts'
import { nonceKey, nonceText } from '../server/nonce.ts'
import { checkOptions, clock, type Kinds, objectWith, shown } from '../server/option-kinds.ts'
import { registerHooks } from '../server/register-hooks.ts'
import { systemClock } from './shared/clock.ts'
import type { TemporaryCredentialHooks } from './shared/store-hooks.ts'
import { grace } from './shared/store-options.ts'

/**
 * What a cache must be able to do. `add` is what most caches lack, and what makes a nonce safe:
 * a cache without it is a type error, because `get` and then `set` lets parallel replays pass.
 *
 * Keys are ASCII without spaces, at most 160 characters and the prefix long; values are JSON text; times to live are
 * whole seconds, 1 or more, from now. Any failure throws.
 */
export interface Cache {
  get(key: string): Awaitable<string | undefined>
  set(key: string, value: string, ttlSeconds: number): Awaitable<void>
  /** True when this call removed it: of many at once, exactly one hears true. */
  delete(key: string): Awaitable<boolean>
  /** Atomic: stores the value if the key is absent and returns true; returns false if it is there. */
  add(key: string, value: string, ttlSeconds: number): Awaitable<boolean>
  /** True for a cache that digests its keys itself: it is given them undigested, of any length and characters. */
  readonly digestsKeys?: boolean
}

/** Where a cache's keys begin, and which clock expiry is counted from. */
export interface CacheHookOptions {
  /** Default `countersign:`. ASCII without spaces. */
  readonly prefix?: string
  /** Seconds since 1970: the clock of the server that the hooks are for. Default: the system's. */
  readonly now?: () => number
  /** How long a nonce is kept after its end, in seconds, for servers whose clocks differ. Default 60. */
  readonly graceSeconds?: number
}

const cacheHookOptions: Kinds<CacheHookOptions> = {
  prefix: {
    must: 'of ASCII characters without spaces',
    holds: (value) => typeof value === 'string' && /^[\x21-\x7e]{0,1000}$/.test(value),
  },
  now: clock,
  graceSeconds: grace,
}
const aCache = objectWith('get', 'set', 'delete', 'add')

/** What the compiler says to users of TypeScript, for those of JavaScript. */
function check(owner: string, cache: Cache, options: CacheHookOptions | undefined): void {
  if (!aCache.holds(cache))
    throw new ConfigurationError(`${owner}: the cache must be ${aCache.must}; it is ${shown(cache)}.`)
  checkOptions(owner, options, cacheHookOptions)
}

type NonceHooks = Pick<Hooks, 'recordNonce'>
/**
 * Keeps nonces in a cache, each until its window closes by every server's clock, in one atomic operation.
 *
 * @example
 * ```ts
 * const hooks = { ...nonceHooks(memoryCache()) }
 * ```
 */
export function nonceHooks(cache: Cache, options: CacheHookOptions = {}): NonceHooks {
  check('nonceHooks', cache, options)
  const { prefix = 'countersign:', now = systemClock, graceSeconds = 60 } = options
  return {
    recordNonce(record) {
      const ttl = secondsUntil(record.expiresAt + graceSeconds, now)
      const key = cache.digestsKeys ? nonceText(record) : nonceKey(record)
      return cache.add(`${prefix}nonce:${key}`, '', ttl)
    },
  }
}

/** A grant as it lies in the cache, with the mark of the credential that it was given to. */
interface StoredGrant {
  readonly grant: Grant
  readonly credential: string
}

/**
 * Keeps temporary credentials in a cache. Approval is an `add` under a separate key, so that of two users who approve
 * at once exactly one wins; spending is a `delete`, which exactly one caller wins.
 */
export function temporaryCredentialHooks(
  cache: Cache,
  options: CacheHookOptions = {},
): TemporaryCredentialHooks {
  check('temporaryCredentialHooks', cache, options)
  const { prefix = 'countersign:', now = systemClock } = options
  const credentialKey = (oauthToken: string) => `${prefix}temporary:${keyPart(oauthToken)}`
  const grantKey = (oauthToken: string) => `${prefix}grant:${keyPart(oauthToken)}`
  const read = async <V>(key: string): Promise<V | undefined> => {
    const text = await cache.get(key)
    return text === undefined ? undefined : (parsed(text) as V | undefined)
  }
  return {
    async createTemporaryCredential(credential) {
      const { oauthToken, expiresAt } = credential
      const text = JSON.stringify(credential)
      if (!(await cache.add(credentialKey(oauthToken), text, secondsUntil(expiresAt, now))))
        throw new StoreError('The token generator made a temporary credential that is in use.')
    },
    async getTemporaryCredential(oauthToken) {
      const [credential, stored] = await Promise.all([
        read<TemporaryCredential>(credentialKey(oauthToken)),
        read<StoredGrant>(grantKey(oauthToken)),
      ])
      // A grant outlives its credential: a later one of the same name must not be born approved.
      return credential && stored?.credential === markOf(credential)
        ? { ...credential, ...stored.grant }
        : credential
    },
    async createAuthorizationVerifier(oauthToken, grant) {
      const credential = await read<TemporaryCredential>(credentialKey(oauthToken))
      if (credential === undefined) return false
      const stored: StoredGrant = { grant, credential: markOf(credential) }
      const ttl = secondsUntil(credential.expiresAt, now)
      if (!(await cache.add(grantKey(oauthToken), JSON.stringify(stored), ttl))) return false
      // A denial may have spent it since it was read: then no user is told that it is approved.
      return (await cache.get(credentialKey(oauthToken))) !== undefined
    },
    // The grant stays until it expires: without its credential it opens nothing.
    consumeTemporaryCredential: (oauthToken) => cache.delete(credentialKey(oauthToken)),
  }
}

/**
 * What lies under a key that was written by something else opens nothing: it counts as absent, as if it had expired, so
 * that no stranger learns of it.
 */
function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

/** Short plain tokens as they are; any other as a digest, so that every cache takes the key. */
function keyPart(oauthToken: string): string {
  return /^[\w-]{1,128}$/.test(oauthToken) ? oauthToken : `~${sha256Base64Url(oauthToken)}`
}

function markOf({ clientId, oauthTokenSecret, expiresAt }: TemporaryCredential): string {
  return sha256Base64Url(`${clientId.length}:${clientId}${expiresAt}:${oauthTokenSecret}`)
}

/**
 * Whole seconds, rounded up and at least one.
 *
 * @throws ConfigurationError when the time lies so far back that the two clocks cannot mean the same thing.
 */
function secondsUntil(expiresAt: number, now: () => number): number {
  const seconds = expiresAt - Math.floor(now())
  // Milliseconds for seconds, say: every nonce would be forgotten after a second, and its replay would pass.
  if (!(seconds > -3600)) {
    throw new ConfigurationError(
      `The cache hooks' clock says ${now()} where the server's says about ${expiresAt}: pass both the same now, in seconds since 1970.`,
    )
  }
  return Math.max(1, Math.ceil(seconds))
}

/** Registers `nonceHooks(cache)` on a server or a protector. */
export function registerNonceHooks(server: HookRegistry, cache: Cache, options?: CacheHookOptions): void {
  registerHooks(server, nonceHooks(cache, options))
}

/** Registers `temporaryCredentialHooks(cache)` on a server. */
export function registerTemporaryCredentialHooks(
  server: HookRegistry,
  cache: Cache,
  options?: CacheHookOptions,
): void {
  registerHooks(server, temporaryCredentialHooks(cache, options))
}

/** The `recordNonce` hook over a cache, for `registerHook`. */
export function createRecordNonce(cache: Cache, options?: CacheHookOptions): Hooks['recordNonce'] {
  return nonceHooks(cache, options).recordNonce
}
