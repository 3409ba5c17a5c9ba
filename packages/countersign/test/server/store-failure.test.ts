import { type HookName, type Hooks, OAuth1Error, StoreError } from 'countersign'
import { describe, expect, it } from 'vitest'
import { Provider } from './provider.ts'

const down = new Error('connection refused')
const broken: [string, () => never | Promise<never>][] = [
  [
    'throws',
    () => {
      throw down
    },
  ],
  ['rejects', () => Promise.reject(down)],
]

function providerWith(name: HookName, hook: () => unknown, storeTimeoutSeconds?: number): Provider {
  const options = storeTimeoutSeconds === undefined ? {} : { storeTimeoutSeconds }
  return new Provider({
    hooks: () => ({ [name]: hook }) as unknown as Partial<Hooks>,
    server: options,
    protector: options,
  })
}

/** Every request that needs this hook, made with a provider whose other hooks work. */
async function uses(name: HookName, provider: Provider): Promise<unknown> {
  switch (name) {
    case 'queryClient':
    case 'queryToken':
    case 'recordNonce':
      return provider.protector.authenticate(provider.read())
    case 'createTemporaryCredential':
      return provider.initiate()
    case 'getTemporaryCredential':
      return provider.authorize('x', { id: 7 })
    case 'createAuthorizationVerifier':
      return provider.approved()
    default: {
      const { temporary, verifier } = await provider.approved()
      return provider.exchange(temporary, verifier)
    }
  }
}

const names: HookName[] = [
  'queryClient',
  'queryToken',
  'recordNonce',
  'createTemporaryCredential',
  'getTemporaryCredential',
  'createAuthorizationVerifier',
  'consumeTemporaryCredential',
  'createTokenCredential',
]

describe.each(broken)(
  'a hook that %s is a StoreError, never an acceptance and never a refusal',
  (_name, hook) => {
    it.each(names)('%s', async (name) => {
      const tried = uses(name, providerWith(name, hook))
      await expect(tried).rejects.toBeInstanceOf(StoreError)
      await expect(tried).rejects.toMatchObject({
        status: 503,
        cause: down,
        message: expect.stringContaining(name),
      })
    })

    it('also where the other hook of the same look-up fails at once: nothing is left unhandled', async () => {
      const provider = new Provider({
        hooks: () => ({ queryClient: () => Promise.reject(down), queryToken: hook }),
      })
      await expect(provider.protector.authenticate(provider.read())).rejects.toBeInstanceOf(StoreError)
      // An unhandled rejection would end the test run here.
      await new Promise((resolve) => setImmediate(resolve))
    })
  },
)

describe('a hook that does not return', () => {
  it.each(names)('%s is a StoreError when the store timeout has passed', async (name) => {
    const tried = uses(
      name,
      providerWith(name, () => new Promise(() => {}), 0.02),
    )
    await expect(tried).rejects.toThrow(new RegExp(`${name} hook did not respond within 0.02 s`))
    await expect(tried).rejects.toBeInstanceOf(StoreError)
  })

  it('in time is no failure', async () => {
    const provider = providerWith('recordNonce', () => new Promise((resolve) => setTimeout(resolve, 5, true)))
    await expect(provider.protector.authenticate(provider.read())).resolves.toBeTruthy()
  })

  it('may take for ever under storeTimeoutSeconds: 0', async () => {
    let response = (_isNew: boolean) => {}
    const late = new Promise<boolean>((resolve) => {
      response = resolve
    })
    const provider = providerWith('recordNonce', () => late, 0)
    const tried = Promise.resolve(provider.protector.authenticate(provider.read()))
    const first = await Promise.race([
      tried,
      new Promise((resolve) => setTimeout(resolve, 30, 'still waiting')),
    ])
    expect(first).toBe('still waiting')
    response(true)
    await expect(tried).resolves.toBeTruthy()
  })
})

it("what a driver says stays in the cause: some frameworks send an error's message to whoever asked", async () => {
  const provider = providerWith('queryClient', () => Promise.reject(new Error('connect 10.0.0.1 as oauth')))
  const failure = await provider.protector.authenticate(provider.read()).catch((error: unknown) => error)
  expect((failure as Error).message).toBe('The queryClient hook failed.')
  expect((failure as Error).cause).toMatchObject({ message: 'connect 10.0.0.1 as oauth' })
})

it('a query builder that is thenable and no promise is awaited', async () => {
  // biome-ignore lint/suspicious/noThenProperty: that is the point
  const thenable = { then: (resolve: (isNew: boolean) => void) => resolve(false) }
  const provider = providerWith('recordNonce', () => thenable)
  await expect(provider.protector.authenticate(provider.read())).rejects.toMatchObject({
    code: 'invalid_nonce',
  })
})

it("an OAuth1Error of a hook is the application's refusal and passes as it is", async () => {
  const provider = providerWith('queryClient', () => {
    throw new OAuth1Error('access_denied', 'This client is suspended.')
  })
  await expect(provider.protector.authenticate(provider.read())).rejects.toMatchObject({
    code: 'access_denied',
    status: 403,
  })
})
