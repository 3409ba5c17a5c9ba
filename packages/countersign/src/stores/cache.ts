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
 * The interface of a cache. Most caches lack `add`, which makes nonces safe: a cache without it is a type error,
 * because `get` followed by `set` lets parallel replays pass.
 *
 * Keys are ASCII without spaces, at most 160 characters plus the prefix; values are JSON text; times to live are whole
 * seconds from now, at least 1. Any failure throws.
 */
export interface Cache {
  get(key: string): Awaitable<string | undefined>
  set(key: string, value: string, ttlSeconds: number): Awaitable<void>
  /** True if this call removed it: of many concurrent calls, exactly one returns true. */
  delete(key: string): Awaitable<boolean>
  /** Atomic: stores the value and returns true if the key is absent; returns false if it exists. */
  add(key: string, value: string, ttlSeconds: number): Awaitable<boolean>
  /** True for a cache that hashes its keys itself: it receives unhashed keys of any length, with any characters. */
  readonly digestsKeys?: boolean
}

/** The prefix of a cache's keys, and the clock for expiry. */
export interface CacheHookOptions {
  /** Default `countersign:`. ASCII without spaces. */
  readonly prefix?: string
  /** The clock of the server for which the hooks are, in seconds since 1970. Default: the system's. */
  readonly now?: () => number
  /** How long a nonce is kept after it expires, in seconds, for servers whose clocks differ. Default 60. */
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

/** The compiler's message for TypeScript users, given to JavaScript users at run time. */
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

/** A grant as stored in the cache, with the fingerprint of its credential. */
interface StoredGrant {
  readonly grant: Grant
  readonly credential: string
}

/**
 * Keeps temporary credentials in a cache. Approval is an `add` under a separate key, so if two users approve
 * at once, exactly one wins; spending is a `delete`, which exactly one caller wins.
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
      // A grant outlives its credential: a later credential of the same name must not start out approved.
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
      // A denial may have spent it since it was read; then no user is told that it was approved.
      return (await cache.get(credentialKey(oauthToken))) !== undefined
    },
    // The grant stays until it expires: without its credential it is useless.
    consumeTemporaryCredential: (oauthToken) => cache.delete(credentialKey(oauthToken)),
  }
}

/**
 * A value that something else wrote under the key grants nothing: it counts as absent, as if expired, so that no
 * stranger learns of it.
 */
function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

/** Short plain tokens as they are, any other as a hash, so that every cache accepts the key. */
function keyPart(oauthToken: string): string {
  return /^[\w-]{1,128}$/.test(oauthToken) ? oauthToken : `~${sha256Base64Url(oauthToken)}`
}

function markOf({ clientId, oauthTokenSecret, expiresAt }: TemporaryCredential): string {
  return sha256Base64Url(`${clientId.length}:${clientId}${expiresAt}:${oauthTokenSecret}`)
}

/**
 * Whole seconds, rounded up and at least one.
 *
 * @throws ConfigurationError when the time is so far in the past that the two clocks cannot agree.
 */
function secondsUntil(expiresAt: number, now: () => number): number {
  const seconds = expiresAt - Math.floor(now())
  // For example milliseconds instead of seconds: every nonce would be forgotten after a second, and its replay would
  // pass.
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
