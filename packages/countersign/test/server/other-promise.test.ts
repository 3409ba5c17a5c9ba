import { asymmetric } from 'countersign'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { client, Provider, token } from './provider.ts'

const native = Promise

/** As zone.js does it: what an async function returns is no instance of what the global name stands for. */
class OtherPromise<T> extends native<T> {}

beforeEach(() => {
  globalThis.Promise = OtherPromise
})
afterEach(() => {
  globalThis.Promise = native
})

function provider(held = true): Provider {
  return new Provider({
    clients: [{ ...client, rsaPublicKey: 'any' }],
    hooks: ({ queryClient, queryToken, recordNonce }) => ({
      queryClient: async (clientId) => queryClient(clientId),
      queryToken: async (clientId, oauthToken) => queryToken(clientId, oauthToken),
      recordNonce: async (record) => recordNonce(record),
    }),
    protector: {
      supportedSignatureMethods: ['HMAC-SHA1', 'LATER'],
      signatureMethods: { LATER: asymmetric(async () => held) },
      on: async () => {
        throw new Error('A broken log.')
      },
    },
  })
}

it('the Promise of this test is another', () => {
  expect((async () => {})() instanceof Promise).toBe(false)
})

it.each([
  ['with a shared secret', {}],
  ['with a method of its own', { oauth: { oauth_signature_method: 'LATER' }, sign: () => 'AAAA' }],
])('a right request %s passes once', async (_name, how) => {
  const own = provider()
  const http = own.read(how)
  await expect(own.protector.authenticate(http)).resolves.toMatchObject({ client: { clientId: 'client' } })
  await expect(own.protector.authenticate(http)).rejects.toMatchObject({ code: 'invalid_nonce' })
})

it('a wrong one does not', async () => {
  const own = provider(false)
  const wrongSecret = own.read({ token: { ...token, oauthTokenSecret: 'wrong' } })
  const notHeld = own.read({ oauth: { oauth_signature_method: 'LATER' }, sign: () => 'AAAA' })
  for (const http of [wrongSecret, notHeld])
    await expect(own.protector.authenticate(http)).rejects.toMatchObject({ code: 'invalid_signature' })
})
