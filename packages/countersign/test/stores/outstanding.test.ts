import { ConfigurationError } from 'countersign'
import { memoryHooks } from 'countersign/memory'
import { expect, it } from 'vitest'
import { client, errorOf, Provider, start } from '../server/provider.ts'

/** A provider over memory in which no client has more than three temporary credentials at once. */
function limited() {
  const other = { ...client, clientId: 'other' }
  const provider = new Provider({
    hooks: () =>
      memoryHooks({ clients: [client, other], maxOutstandingPerClient: 3, now: () => provider.now }),
  })
  const ask = async (clientId = 'client') => {
    const response = await provider.initiate({}, { client: { clientId, clientSecret: 'secret' } })
    return response.status === 200 ? 200 : `${response.status} ${errorOf(response)}`
  }
  return { provider, ask }
}

it('a client has so many temporary credentials at once, and no other is the worse for it', async () => {
  const { ask } = limited()
  expect([await ask(), await ask(), await ask(), await ask()]).toEqual([
    200,
    200,
    200,
    '429 too_many_requests',
  ])
  expect(await ask('other')).toBe(200)
})

it('a denied, exchanged or expired credential makes room', async () => {
  const { provider, ask } = limited()
  const denied = await provider.temporary()
  const { temporary, verifier } = await provider.approved()
  await ask()
  expect(await ask()).toBe('429 too_many_requests')
  await provider.authorize(denied.oauthToken, undefined)
  expect(await ask()).toBe(200)
  await provider.exchange(temporary, verifier)
  expect([await ask(), await ask()]).toEqual([200, '429 too_many_requests'])
  provider.now = start + 600
  expect([await ask(), await ask(), await ask(), await ask()]).toEqual([
    200,
    200,
    200,
    '429 too_many_requests',
  ])
})

it('many at once do not get past it', async () => {
  const { ask } = limited()
  const responses = await Promise.all(Array.from({ length: 20 }, () => ask()))
  expect(responses.filter((response) => response === 200)).toHaveLength(3)
})

it('one that could not be stored does not count', async () => {
  const hooks = memoryHooks({ maxOutstandingPerClient: 1, maxOctets: 1_000, now: () => start })
  const credential = { clientId: 'c', oauthToken: 't', oauthTokenSecret: 's', expiresAt: start + 600 }
  const large = { ...credential, oauthCallback: `https://app.example/${'x'.repeat(1_000)}` }
  await expect(async () => hooks.createTemporaryCredential(large)).rejects.toThrow(/maxOctets/)
  await hooks.createTemporaryCredential({ ...credential, oauthCallback: 'oob' })
})

it('by default it is 1000, and all of one client take a few megabytes, callbacks as long as they may be', async () => {
  const callback = `https://app.example/${'x'.repeat(1_980)}`
  const octets = 4_000_000
  const provider = new Provider({
    clients: [{ ...client, callbacks: [callback] }],
    hooks: () =>
      memoryHooks({
        clients: [{ ...client, callbacks: [callback] }],
        maxOctets: octets,
        now: () => provider.now,
      }),
  })
  for (let n = 0; n < 1_000; n++) await provider.temporary({ oauth_callback: callback })
  expect((await provider.initiate({ oauth_callback: callback })).status).toBe(429)
})

it.each([0, -1, 1.5, Number.POSITIVE_INFINITY, '5'])('%s is no such limit', (maxOutstandingPerClient) => {
  const options = { maxOutstandingPerClient } as { maxOutstandingPerClient: number }
  expect(() => memoryHooks(options)).toThrow(ConfigurationError)
})
