import { AuthorizationServer, type HookName, ResourceProtector, registerHooks } from 'countersign'
import { describe, expect, it } from 'vitest'
import { combinedOf, standingFor } from '../../src/server/hooks.ts'
import { Provider } from './provider.ts'

describe('a combined hook counts as long as the hooks that it stands for are registered', () => {
  const queryClient = () => undefined
  const queryToken = () => undefined
  const combined = standingFor({ queryClient, queryToken }, () => undefined)
  const bare = () => undefined

  it.each<[name: string, hooks: object, hook: typeof bare | undefined, counts: boolean]>([
    ['both are', { queryClient, queryToken }, combined, true],
    ['others are, too', { queryClient, queryToken, recordNonce: bare }, combined, true],
    ['the first is another', { queryClient: bare, queryToken }, combined, false],
    ['the second is another', { queryClient, queryToken: bare }, combined, false],
    ['one is missing', { queryClient }, combined, false],
    ['it does not say for which it stands', {}, bare, true],
  ])('%s', (_name, hooks, hook, counts) => {
    expect(combinedOf(hooks, hook)).toBe(counts ? hook : undefined)
  })

  it('there may be none', () => {
    expect(combinedOf({ queryClient }, undefined)).toBeUndefined()
  })

  it('is the same function that was given', () => {
    const own = () => undefined
    expect(standingFor({ queryClient }, own)).toBe(own)
    expect(own).toHaveProperty('standsFor', { queryClient })
  })
})

describe('registerHooks registers each hook of a store', () => {
  const names: HookName[] = [
    'queryClient',
    'queryToken',
    'recordNonce',
    'createTemporaryCredential',
    'getTemporaryCredential',
    'createAuthorizationVerifier',
    'consumeTemporaryCredential',
    'createTokenCredential',
    'revokeToken',
    'listTokens',
    'queryClientAndToken',
    'exchangeTemporaryCredential',
  ]

  it('by its name, the combined ones last, and nothing else', () => {
    const store = {
      close: () => {},
      ...Object.fromEntries([...names].reverse().map((name) => [name, () => name])),
    }
    const registered: [string, unknown][] = []
    registerHooks({ registerHook: (...both) => registered.push(both as never) }, store as object)
    expect(registered.map(([name]) => name)).toEqual(names)
    for (const [name, hook] of registered) expect((hook as () => string)()).toBe(name)
  })

  it('but not one that is undefined', () => {
    const registered: string[] = []
    const server = { registerHook: (name: string) => registered.push(name) }
    registerHooks(server, { queryClient: undefined, queryToken: () => undefined } as object)
    expect(registered).toEqual(['queryToken'])
  })

  it('so that a server is complete', async () => {
    const provider = new Provider()
    const server = new AuthorizationServer({ now: () => provider.now })
    const protector = new ResourceProtector({ now: () => provider.now })
    registerHooks(server, provider.hooks)
    registerHooks(protector, provider.hooks)
    const http = provider.sign({
      method: 'POST',
      url: 'https://photos.example.net/initiate',
      oauth: { oauth_callback: 'oob' },
    })
    expect((await server.createTemporaryCredentialResponse(http)).status).toBe(200)
    await expect(protector.authenticate(provider.read())).resolves.toMatchObject({
      credential: { userId: 7 },
    })
  })
})
