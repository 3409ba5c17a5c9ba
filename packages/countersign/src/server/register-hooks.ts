import type { HookName, HookRegistry, Hooks } from './hooks.ts'
import type { Client, TokenCredential } from './models.ts'

/** Every hook. Combined ones come last: they count only as long as the parts they stand for are registered. */
const order: Record<HookName, true> = {
  queryClient: true,
  queryToken: true,
  recordNonce: true,
  createTemporaryCredential: true,
  getTemporaryCredential: true,
  createAuthorizationVerifier: true,
  consumeTemporaryCredential: true,
  createTokenCredential: true,
  revokeToken: true,
  listTokens: true,
  queryClientAndToken: true,
  exchangeTemporaryCredential: true,
}

/**
 * Registers each hook of a store on a server or a protector: the way to construct now and register later.
 *
 * @example
 * ```ts
 * const server = new AuthorizationServer()
 * registerHooks(server, { ...kyselyHooks(db), ...nonceHooks(cache) })
 * ```
 */
export function registerHooks<C extends Client, T extends TokenCredential>(
  server: HookRegistry<C, T>,
  hooks: Partial<Hooks<C, T>>,
): void {
  for (const name of Object.keys(order) as HookName[]) {
    const hook = hooks[name]
    if (hook) server.registerHook(name, hook as never)
  }
}
