import type { HttpRequest } from 'countersign'
import { afterAll, expect, it, vi } from 'vitest'
import { api, client, Provider, token } from './provider.ts'

/** A key of HMAC is prepared in a new buffer of one block; nothing else about a request takes one. */
const alloc = vi.spyOn(Buffer, 'alloc')
afterAll(() => alloc.mockRestore())

let count = 0

/** A client and its token with secrets that no other test has: keys are kept as long as the process. */
function unused() {
  count += 1
  return {
    client: { ...client, clientSecret: `secret ${count}` },
    token: { ...token, oauthTokenSecret: `token-secret ${count}` },
  }
}
type Usual = ReturnType<typeof unused>

/** How many keys were prepared for some requests in a row. */
async function prepared(requests: (provider: Provider, usual: Usual) => HttpRequest[]): Promise<number> {
  const usual = unused()
  const provider = new Provider({
    clients: [usual.client],
    tokens: [usual.token],
    protector: { twoLegged: true },
  })
  const all = requests(provider, usual)
  alloc.mockClear()
  for (const request of all) await provider.protector.authenticate(request).catch(() => {})
  return alloc.mock.calls.filter(([size]) => size === 64).length
}

const thrice = [1, 2, 3]
const stranger = { client: { clientId: 'nobody', clientSecret: 'secret' } }
const guessed = { token: { oauthToken: 'nothing', oauthTokenSecret: 'x' } }
const wrong = { oauth: { oauth_signature: 'mZ8+xkUq0V1aTnyhEB1fDzwW1nM=' } }

it('a key is prepared once for a token that exists', async () => {
  expect(await prepared((provider, usual) => thrice.map(() => provider.read(usual)))).toBe(1)
})

it('a stranger cannot tell by the time which clients exist: for those that do, as many keys are prepared', async () => {
  expect(
    await prepared((provider, { client }) => thrice.map(() => provider.read({ client, ...guessed }))),
  ).toBe(3)
  expect(await prepared((provider) => thrice.map(() => provider.read({ ...stranger, ...guessed })))).toBe(3)
  expect(
    await prepared((provider, { token }) => thrice.map(() => provider.read({ ...stranger, token }))),
  ).toBe(3)
})

it('nor by requests without a token', async () => {
  const url = `${api}/photos`
  expect(await prepared((provider, { client }) => thrice.map(() => provider.sign({ url, client })))).toBe(3)
  expect(await prepared((provider) => thrice.map(() => provider.sign({ url, ...stranger })))).toBe(3)
})

it('nor by wrong signatures, whether the token is in use or not', async () => {
  expect(await prepared((provider, usual) => thrice.map(() => provider.read({ ...usual, ...wrong })))).toBe(3)
  expect(
    await prepared((provider, usual) => [
      provider.read(usual),
      ...thrice.map(() => provider.read({ ...usual, ...wrong })),
      provider.read(usual),
    ]),
  ).toBe(1 + 3)
})

it('a key is not kept for a wrong signature', async () => {
  expect(
    await prepared((provider, usual) => [
      provider.read({ ...usual, ...wrong }),
      ...thrice.map(() => provider.read(usual)),
    ]),
  ).toBe(2)
})
