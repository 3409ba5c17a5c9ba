import {
  AuthorizationServer,
  asymmetric,
  type Client,
  ConfigurationError,
  type Hooks,
  type OAuth1ErrorCode,
  ResourceProtector,
  symmetric,
  type TokenCredential,
  type WithoutSecrets,
} from 'countersign'
import { type Cache, nonceHooks, registerNonceHooks, temporaryCredentialHooks } from 'countersign/cache'
import { memoryCache, memoryHooks } from 'countersign/memory'
import { currentCredential } from 'countersign/node'
import { describe, expect, expectTypeOf, it } from 'vitest'

// What stands under @ts-expect-error is checked by `npm run types`: an expected error that is missing fails there.
describe('the compiler', () => {
  const memory = memoryHooks()
  const cache = memoryCache()

  it('names the hooks that are missing', () => {
    const complete = { ...memory, ...nonceHooks(cache), ...temporaryCredentialHooks(cache) } satisfies Hooks
    expectTypeOf(complete).toExtend<Hooks>()
    const { recordNonce: _, ...incomplete } = memory
    // @ts-expect-error recordNonce is missing
    void (incomplete satisfies Hooks)
    // @ts-expect-error a cache does not know clients
    void ({ ...nonceHooks(cache), ...temporaryCredentialHooks(cache) } satisfies Hooks)
    expect(Object.keys(complete)).toContain('recordNonce')
  })

  it('refuses a cache without an atomic add: get and then set would let parallel replays pass', () => {
    const { add: _, ...old }: Cache = { get: () => undefined, set() {}, delete: () => true, add: () => true }
    // @ts-expect-error add is missing
    expect(() => nonceHooks(old)).toThrow(/add/)
    // @ts-expect-error add is missing
    expect(() => registerNonceHooks(new AuthorizationServer(), old)).toThrow(/add/)
  })

  it('refuses a symmetric method that decides, and an asymmetric one that computes', () => {
    // @ts-expect-error a symmetric method computes text
    expect(symmetric(() => true).kind).toBe('symmetric')
    expect(symmetric(async () => 'signature').kind).toBe('symmetric')
    // @ts-expect-error nor later
    expect(symmetric(async () => true).kind).toBe('symmetric')
    // @ts-expect-error a symmetric method never sees the client's signature
    expect(symmetric(({ signature }) => signature).kind).toBe('symmetric')
    // @ts-expect-error an asymmetric method returns a boolean
    expect(asymmetric(() => 'signature').kind).toBe('asymmetric')
    // @ts-expect-error not a digest either
    expect(asymmetric(() => Buffer.from('digest')).kind).toBe('asymmetric')
    // @ts-expect-error nor a promise of one
    expect(asymmetric(async () => 'signature').kind).toBe('asymmetric')
    expect(asymmetric(async () => true).kind).toBe('asymmetric')
  })

  it("keeps the application's own fields of clients and tokens", () => {
    type MyClient = Client & { readonly name: string }
    type MyToken = TokenCredential & { readonly user: { readonly email: string } }
    const hooks = memory as unknown as Hooks<MyClient, MyToken>
    const protector = new ResourceProtector({ hooks })
    type Authenticated = Awaited<ReturnType<typeof protector.authenticate>>
    expectTypeOf<Authenticated['client']['name']>().toEqualTypeOf<string>()
    expectTypeOf<NonNullable<Authenticated['credential']>['user']['email']>().toEqualTypeOf<string>()
    const server = new AuthorizationServer({ hooks })
    type Asked = Awaited<ReturnType<typeof server.checkAuthorizationRequest>>
    expectTypeOf<Asked['client']['name']>().toEqualTypeOf<string>()
  })

  it('keeps them in every hook of the memory store', () => {
    const own = { clientId: 'c', name: 'Printer' }
    const token = { clientId: 'c', oauthToken: 't', oauthTokenSecret: 's', user: { email: 'a@b.example' } }
    const hooks = memoryHooks({ clients: [own], tokens: [token] })
    type Listed = Awaited<ReturnType<typeof hooks.listTokens>>[number]
    type Found = NonNullable<Awaited<ReturnType<typeof hooks.queryClient>>>
    expectTypeOf<Listed['user']['email']>().toEqualTypeOf<string>()
    expectTypeOf<Found['name']>().toEqualTypeOf<string>()
    expectTypeOf(hooks.exchangeTemporaryCredential).toBeFunction()
    expect(new AuthorizationServer({ hooks })).toBeDefined()
  })

  it('gives a handler what the store returned, without the secrets', async () => {
    const own = { clientId: 'c', clientSecret: 's', name: 'Printer' }
    const token = { clientId: 'c', oauthToken: 't', oauthTokenSecret: 's', user: { email: 'a@b.example' } }
    const protector = new ResourceProtector({ hooks: memoryHooks({ clients: [own], tokens: [token] }) })
    type Authenticated = Awaited<ReturnType<typeof protector.authenticate>>
    type Credential = NonNullable<Authenticated['credential']>
    expectTypeOf<Credential['user']['email']>().toEqualTypeOf<string>()
    expectTypeOf<Authenticated['client']['name']>().toEqualTypeOf<string>()
    expectTypeOf<Credential>().not.toHaveProperty('oauthTokenSecret')
    expectTypeOf<Authenticated['client']>().not.toHaveProperty('clientSecret')
    type Token = typeof token
    expectTypeOf(currentCredential<Token>).returns.toEqualTypeOf<WithoutSecrets<Token>>()
    expectTypeOf(currentCredential<Token>).returns.not.toHaveProperty('oauthTokenSecret')
    expect(() => currentCredential<Token>()).toThrow(ConfigurationError)
  })

  it('checks the hook that is registered under a name', () => {
    const server = new AuthorizationServer()
    server.registerHook('queryClient', (clientId) => ({ clientId }))
    // @ts-expect-error no such hook
    expect(() => server.registerHook('existsNonce', () => true)).toThrow('Did you mean recordNonce?')
    // @ts-expect-error it must return whether it recorded
    server.registerHook('recordNonce', () => 'yes')
    expectTypeOf(server.registerHook).parameter(0).toEqualTypeOf<keyof Hooks>()
  })

  it('knows the options and the error codes', () => {
    // @ts-expect-error a word is no switch: 'false' would be true
    expect(() => new AuthorizationServer({ insecureTransport: 'false' })).toThrow()
    expectTypeOf<'invalid_signature'>().toExtend<OAuth1ErrorCode>()
    expectTypeOf<'invalid_sig'>().not.toExtend<OAuth1ErrorCode>()
    expectTypeOf<AuthorizationServer['createAuthorizationResponse']>()
      .parameter(1)
      .toEqualTypeOf<{ readonly id: string | number } | null | undefined>()
  })
})
