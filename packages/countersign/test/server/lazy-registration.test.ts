import { AuthorizationServer, ConfigurationError, type HookName, ResourceProtector } from 'countersign'
import { registerNonceHooks, registerTemporaryCredentialHooks } from 'countersign/cache'
import { memoryCache } from 'countersign/memory'
import { describe, expect, it } from 'vitest'
import { signed } from '../../../../test/support/signer.ts'
import { api, consent, Provider } from './provider.ts'

/** With the client secret that the test's client has, or another. */
const initiate = (clientSecret = 'secret') =>
  signed(
    {
      method: 'POST',
      url: `${api}/initiate`,
      client: { clientId: 'client', clientSecret },
      oauth: { oauth_callback: 'oob' },
    },
    Math.floor(Date.now() / 1000),
  )

async function message(run: Promise<unknown>): Promise<string> {
  const error = await run.then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(error).toBeInstanceOf(ConfigurationError)
  return (error as Error).message
}

describe('hooks can be registered after construction', () => {
  it('the helpers make a server complete', async () => {
    const cache = memoryCache()
    const { hooks } = new Provider()
    const server = new AuthorizationServer()
    registerNonceHooks(server, cache)
    registerTemporaryCredentialHooks(server, cache)
    server.registerHook('queryClient', hooks.queryClient)
    server.registerHook('createTokenCredential', hooks.createTokenCredential)
    expect((await server.createTemporaryCredentialResponse(initiate())).status).toBe(200)
  })

  it('init() keeps options given as undefined', async () => {
    const { hooks } = new Provider()
    const server = new AuthorizationServer({ hooks, realm: 'first', origin: 'https://public.example' })
    server.init({ realm: undefined, origin: undefined, hooks: { queryClient: undefined } } as object)
    const refusal = await server.createTemporaryCredentialResponse(initiate('wrong'))
    expect(refusal.headers['www-authenticate']).toContain('realm="first"')
    // Signed for the address that the server sees, not for the public one.
    expect((await server.createTemporaryCredentialResponse(initiate())).status).toBe(401)
  })

  it('init() adds hooks and options, and keeps the others', async () => {
    const { hooks } = new Provider()
    const server = new AuthorizationServer({
      hooks: { queryClient: hooks.queryClient },
      realm: 'first',
      tokenLength: 10,
    })
    const response = await server
      .init({ hooks, realm: 'second' })
      .createTemporaryCredentialResponse(initiate())
    expect(response.body).toMatch(/^oauth_token=[\w-]{10}&/)
    const refusal = await server.createTemporaryCredentialResponse(initiate('wrong'))
    expect(refusal.headers['www-authenticate']).toBe('OAuth realm="second"')
  })

  it('a hook that is registered again replaces the first', async () => {
    const { hooks } = new Provider()
    const server = new AuthorizationServer({ hooks }).registerHook('queryClient', () => undefined)
    expect((await server.createTemporaryCredentialResponse(initiate())).status).toBe(401)
  })
})

describe('the first request to a server with holes names every missing hook and its helper', () => {
  const helpers: Partial<Record<HookName, string>> = {
    queryClient: "registerHook('queryClient'",
    recordNonce: 'registerNonceHooks',
    createTemporaryCredential: 'registerTemporaryCredentialHooks',
    getTemporaryCredential: 'registerTemporaryCredentialHooks',
    createAuthorizationVerifier: 'registerTemporaryCredentialHooks',
    consumeTemporaryCredential: 'registerTemporaryCredentialHooks',
    createTokenCredential: 'registerTokenCredentialHooks',
  }

  it.each<[string, (server: AuthorizationServer) => Promise<unknown>]>([
    ['/initiate', (server) => server.createTemporaryCredentialResponse(initiate())],
    [
      '/initiate, even for a request that is refused',
      (server) => server.createTemporaryCredentialResponse({ ...initiate(), headers: {} }),
    ],
    ['/authorize', (server) => server.checkAuthorizationRequest(consent('x'))],
    ['the decision', (server) => server.createAuthorizationResponse(consent('x'), { id: 1 })],
    ['/token', (server) => server.createTokenResponse(initiate())],
  ])('AuthorizationServer: %s', async (_name, call) => {
    const text = await message(call(new AuthorizationServer()))
    for (const [hook, helper] of Object.entries(helpers)) {
      expect(text).toMatch(new RegExp(`${hook}: .*${helper.replace(/[()]/g, '\\$&')}`))
    }
  })

  it('ResourceProtector', async () => {
    const text = await message(Promise.resolve().then(() => new ResourceProtector().authenticate(initiate())))
    for (const hook of ['queryClient', 'queryToken', 'recordNonce']) expect(text).toContain(`${hook}: `)
    expect(text).not.toContain('createTokenCredential')
  })

  it('only what is missing', async () => {
    const { createTokenCredential: _, ...hooks } = new Provider().hooks
    const text = await message(new AuthorizationServer({ hooks }).createTokenResponse(initiate()))
    expect(text).toContain('createTokenCredential')
    expect(text).not.toContain('queryClient')
  })
})
