import { nonceKey } from '../server/authenticate.ts'
import type { Awaitable, HookRegistry, Hooks } from '../server/hooks.ts'
import type { TemporaryCredential } from '../server/models.ts'

/**
 * What a cache must be able to do. `add` is what most caches lack, and what makes a nonce safe:
 * a cache without it is a type error, because `get` and then `set` lets parallel replays pass.
 *
 * Keys are ASCII without spaces; values are JSON text. Any failure throws.
 */
export interface Cache {
  get(key: string): Awaitable<string | undefined>
  set(key: string, value: string, ttlSeconds: number): Awaitable<void>
  /** True when this call removed it: of many at once, exactly one hears true. */
  delete(key: string): Awaitable<boolean>
  /** Atomic: stores the value if the key is absent and answers true; answers false if it is there. */
  add(key: string, value: string, ttlSeconds: number): Awaitable<boolean>
}

/** Where a cache's keys begin, and which clock expiry is counted from. */
export interface CacheHookOptions {
  /** Default `countersign:`. */
  readonly prefix?: string
  /** Seconds since 1970. Default: the system's clock. */
  readonly now?: () => number
}

type NonceHooks = Pick<Hooks, 'recordNonce'>
type TemporaryCredentialHooks = Pick<
  Hooks,
  | 'createTemporaryCredential'
  | 'getTemporaryCredential'
  | 'createAuthorizationVerifier'
  | 'consumeTemporaryCredential'
>

/**
 * Keeps nonces in a cache, each exactly until its window closes, in one atomic operation.
 *
 * @example
 * ```ts
 * const hooks = { ...nonceHooks(memoryCache()) }
 * ```
 */
export function nonceHooks(
  cache: Cache,
  { prefix = 'countersign:', now = systemClock }: CacheHookOptions = {},
): NonceHooks {
  return {
    recordNonce: (record) =>
      cache.add(`${prefix}nonce:${nonceKey(record)}`, '', Math.max(1, record.expiresAt - Math.floor(now()))),
  }
}

/**
 * Keeps temporary credentials in a cache. Approval is an `add` under a key of its own, so that of two users who approve
 * at once exactly one wins; spending is a `delete`, which exactly one caller wins.
 */
export function temporaryCredentialHooks(
  cache: Cache,
  { prefix = 'countersign:', now = systemClock }: CacheHookOptions = {},
): TemporaryCredentialHooks {
  const credentialKey = (oauthToken: string) => `${prefix}temporary:${encodeURIComponent(oauthToken)}`
  const grantKey = (oauthToken: string) => `${prefix}grant:${encodeURIComponent(oauthToken)}`
  const remaining = (credential: TemporaryCredential) => Math.max(1, credential.expiresAt - Math.floor(now()))
  const read = async (oauthToken: string): Promise<TemporaryCredential | undefined> => {
    const text = await cache.get(credentialKey(oauthToken))
    return text === undefined ? undefined : (JSON.parse(text) as TemporaryCredential)
  }
  return {
    async createTemporaryCredential(credential) {
      await cache.set(credentialKey(credential.oauthToken), JSON.stringify(credential), remaining(credential))
    },
    async getTemporaryCredential(oauthToken) {
      const [credential, grant] = await Promise.all([read(oauthToken), cache.get(grantKey(oauthToken))])
      return credential && grant !== undefined ? { ...credential, ...JSON.parse(grant) } : credential
    },
    async createAuthorizationVerifier(oauthToken, grant) {
      const credential = await read(oauthToken)
      return (
        credential !== undefined &&
        (await cache.add(grantKey(oauthToken), JSON.stringify(grant), remaining(credential)))
      )
    },
    async consumeTemporaryCredential(oauthToken) {
      // The grant stays behind until it expires: without its credential it opens nothing.
      return cache.delete(credentialKey(oauthToken))
    },
  }
}

/** Registers `nonceHooks(cache)` on a server or a protector. */
export function registerNonceHooks(server: HookRegistry, cache: Cache, options?: CacheHookOptions): void {
  server.registerHook('recordNonce', nonceHooks(cache, options).recordNonce)
}

/** Registers `temporaryCredentialHooks(cache)` on a server. */
export function registerTemporaryCredentialHooks(
  server: HookRegistry,
  cache: Cache,
  options?: CacheHookOptions,
): void {
  const hooks = temporaryCredentialHooks(cache, options)
  server.registerHook('createTemporaryCredential', hooks.createTemporaryCredential)
  server.registerHook('getTemporaryCredential', hooks.getTemporaryCredential)
  server.registerHook('createAuthorizationVerifier', hooks.createAuthorizationVerifier)
  server.registerHook('consumeTemporaryCredential', hooks.consumeTemporaryCredential)
}

/** The `recordNonce` hook over a cache, for `registerHook`. */
export function createRecordNonce(cache: Cache, options?: CacheHookOptions): Hooks['recordNonce'] {
  return nonceHooks(cache, options).recordNonce
}

function systemClock(): number {
  return Date.now() / 1000
}
