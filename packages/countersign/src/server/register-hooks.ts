import { hookNames } from './guarded-hooks.ts'
import type { HookName, HookRegistry, Hooks } from './hooks.ts'
import type { Client, TokenCredential } from './models.ts'

/**
 * Registers each hook of a store on a server or a protector, so that you can construct now and register later.
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
  for (const name of hookNames as readonly HookName[]) {
    const hook = hooks[name]
    if (hook) server.registerHook(name, hook as never)
  }
}
