import { type Client, ConfigurationError, type Hooks, RecordError } from 'countersign'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { GuardedHooks } from '../../src/server/guarded-hooks.ts'
import type { HookName } from '../../src/server/hooks.ts'

const client: Client = { clientId: 'client', clientSecret: 'secret', callbacks: [] }
const queryClient = () => client
const queryToken = () => undefined
const noUsable = () => client

function guarded(hooks: object = {}, required: readonly HookName[] = []): GuardedHooks<never, never> {
  const made = new GuardedHooks<never, never>('Server', required)
  made.register(hooks)
  return made
}

describe('registered hooks must be hooks', () => {
  it.each([
    ['null', null, 'Server: hooks must be an object of hooks; it is null.'],
    ['text', 'x', 'Server: hooks must be an object of hooks; it is "x".'],
    ['a number for a hook', { queryClient: 5 }, 'Server: hooks.queryClient must be a function; it is 5.'],
  ])('%s', (_name, hooks, message) => {
    expect(() => guarded(hooks as object)).toThrow(ConfigurationError)
    expect(() => guarded(hooks as object)).toThrow(message)
  })

  it.each([
    ['queryclient', 'queryClient'],
    ['exists_nonce', 'recordNonce'],
    ['deleteTemporaryCredential', 'consumeTemporaryCredential'],
  ])('%s is told that %s is meant, unless that is there, too', (name, meant) => {
    expect(() => guarded({ [name]: queryClient })).toThrow(meant)
    expect(() => guarded({ [name]: queryClient, [meant]: queryClient })).not.toThrow()
    expect(() => guarded().registerOne(name as HookName, queryClient)).toThrow(meant)
  })

  it('what a store has beside its hooks is left alone', () => {
    expect(() => guarded({ close: queryClient, connection: 7, listTokens: undefined })).not.toThrow()
  })

  it('one by one, any other name is refused', () => {
    expect(() => guarded().registerOne('close' as HookName, queryClient)).toThrow(/hook.*close/s)
    expect(() => guarded().registerOne('queryClient', undefined)).toThrow(
      'Server: hooks.queryClient must be a function; it is undefined.',
    )
  })
})

describe('a hook that is missing', () => {
  it.each<[name: HookName, remedy: string]>([
    ['queryClient', "registerHook('queryClient', createQueryClient(db, …))"],
    ['queryToken', "registerHook('queryToken', createQueryToken(db, …))"],
    ['recordNonce', 'registerNonceHooks(server, cache)'],
    ['createTemporaryCredential', 'registerTemporaryCredentialHooks(server, cache)'],
    ['getTemporaryCredential', 'registerTemporaryCredentialHooks(server, cache)'],
    ['createAuthorizationVerifier', 'registerTemporaryCredentialHooks(server, cache)'],
    ['consumeTemporaryCredential', 'registerTemporaryCredentialHooks(server, cache)'],
    ['createTokenCredential', 'registerTokenCredentialHooks(server, db, …)'],
    ['revokeToken', 'registerTokenCredentialHooks(server, db, …)'],
    ['listTokens', 'registerTokenCredentialHooks(server, db, …)'],
    ['queryClientAndToken', "registerHook('queryClientAndToken', …)"],
    ['exchangeTemporaryCredential', "registerHook('exchangeTemporaryCredential', …)"],
  ])('%s: %s', (name, remedy) => {
    expect(() => guarded().require(name)).toThrow(
      new ConfigurationError(
        `Server has no hook for:\n  ${name}: ${remedy}\nRegister them, or pass them as { hooks }.`,
      ),
    )
  })

  it('is named with what to write, and all of them at once', () => {
    expect(() => guarded({}, ['queryClient', 'recordNonce']).complete).toThrow(
      "Server has no hook for:\n  queryClient: registerHook('queryClient', createQueryClient(db, …))\n  recordNonce: registerNonceHooks(server, cache)\nRegister them, or pass them as { hooks }.",
    )
  })

  it('is named when the method that needs it is called', () => {
    for (const hooks of [{}, { listTokens: undefined }])
      expect(() => guarded(hooks).require('listTokens')).toThrow(
        'Server has no hook for:\n  listTokens: registerTokenCredentialHooks(server, db, …)\nRegister',
      )
    expect(guarded({ listTokens: queryToken }).require('listTokens')).toBeTypeOf('function')
  })
})

describe('a combined hook', () => {
  const combined = () => ({ client, token: undefined })
  const has = (hooks: GuardedHooks<never, never>) => hooks.complete.queryClientAndToken !== undefined

  it('counts as long as what it stands for is registered', () => {
    const standsFor = { queryClient, queryToken }
    const queryClientAndToken = Object.assign(() => combined(), { standsFor })
    expect(has(guarded({ queryClient, queryToken, queryClientAndToken }))).toBe(true)
    expect(has(guarded({ queryClient: noUsable, queryToken, queryClientAndToken }))).toBe(false)
  })

  it('that names nothing counts until one of its parts is registered later', () => {
    for (const [later, counts] of [
      [{ recordNonce: () => true }, true],
      [{ queryClient: undefined }, true],
      [{ queryToken }, false],
      [{ queryToken, queryClientAndToken: combined }, true],
    ] as const) {
      const hooks = guarded({ queryClientAndToken: combined })
      hooks.register(later as object)
      expect(has(hooks)).toBe(counts)
    }
  })
})

describe('a call of a hook', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  it('returns at once what the hook returns at once', () => {
    const { complete } = guarded({ queryClient, queryToken })
    expect(complete.queryClient('client')).toBe(client)
    expect(complete.queryToken('client', 'token')).toBeUndefined()
  })

  it('leaves no timer behind', async () => {
    vi.useFakeTimers()
    const hooks = guarded({ queryClient: async () => client })
    hooks.timeoutSeconds = 5
    await expect(hooks.complete.queryClient('client')).resolves.toBe(client)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('that finds a row that cannot be used is no failure of the store', async () => {
    for (const [error, events] of [
      [new RecordError('client', 'Unreadable.'), []],
      [new Error('down on purpose.'), ['store_failed']],
    ] as const) {
      const seen: string[] = []
      const hooks = guarded({ queryClient: () => Promise.reject(error) } satisfies Partial<Hooks>)
      hooks.on = ({ type }) => void seen.push(type)
      await expect(hooks.complete.queryClient('client')).rejects.toThrow()
      expect(seen).toEqual(events)
    }
  })
})
