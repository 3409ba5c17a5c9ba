import { AuthorizationServer, OAuth1Error, type Policy, ResourceProtector } from 'countersign'
import { memoryHooks } from 'countersign/memory'
import * as entry from 'countersign/profiles'
import { describe, expect, it } from 'vitest'
import { signed } from '../../../../test/support/signer.mjs'
import { spkiPem } from '../protocol/keys.ts'
import { type ProfileName, store, type Vector } from './vector.ts'
import { vectors } from './vectors.ts'

const profiles: Readonly<Record<ProfileName, Partial<Policy>>> = { ...entry }
const start = 1_700_000_000
const client = {
  clientId: 'client',
  clientSecret: 'secret',
  rsaPublicKey: spkiPem,
  callbacks: ['https://tool.example.com/ready'],
}
const token = { clientId: 'client', oauthToken: 'token', oauthTokenSecret: 'token-secret', userId: 7 }
const names = Object.keys(vectors) as ProfileName[]

/** A provider whose clients all have this policy, and whose options are these. */
function provider(policy: { profile?: string }, options: Partial<Policy> & { profiles?: object }) {
  const keyed = { clientId: 'keyed', clientSecret: '', policy }
  const hooks = memoryHooks({
    clients: [{ ...client, policy }, keyed],
    tokens: [token, { ...token, clientId: 'keyed', oauthToken: 'keyed-token' }],
    now: () => start,
  })
  const common = { ...options, hooks, now: () => start } as object
  return { server: new AuthorizationServer(common), protector: new ResourceProtector(common) }
}

async function verdict({ server, protector }: ReturnType<typeof provider>, vector: Vector): Promise<string> {
  const { request, endpoint } = vector
  const http =
    typeof request === 'function'
      ? request(start)
      : signed({ url: `${store}/photos?size=large`, client, ...request }, start)
  if (endpoint === 'initiate') {
    const { status, body } = await server.initiate.handle(http)
    return status === 200 ? 'accepted' : (new URLSearchParams(body).get('error') ?? body)
  }
  try {
    await protector.authenticate(http)
    return 'accepted'
  } catch (error) {
    if (error instanceof OAuth1Error) return error.code
    throw error
  }
}

it('every profile has vectors, some that pass and some that do not', () => {
  expect(names.toSorted()).toEqual(Object.keys(profiles).toSorted())
  for (const name of names) {
    const verdicts = vectors[name].map(({ verdict }) => verdict)
    expect([name, verdicts.includes('accepted')]).toEqual([name, true])
    expect([name, verdicts.some((verdict) => verdict !== 'accepted')]).toEqual([name, true])
  }
})

it.each(names)('%s says methods, places, window, legs and tolerances itself', (name) => {
  const own = ['supportedSignatureMethods', 'places', 'timestampWindowSeconds', 'twoLegged', 'tolerances']
  expect(Object.keys(profiles[name])).toEqual(expect.arrayContaining(own))
})

describe.each(names)('%s', (name) => {
  it.each(vectors[name])('as the options of a server: $what is $verdict', async (vector) => {
    expect(await verdict(provider({}, profiles[name]), vector)).toBe(vector.verdict)
  })

  it.each(vectors[name])('as the profile of a client: $what is $verdict', async (vector) => {
    // The server's own options are another service's.
    const others = name === 'maas' ? profiles.lti11 : profiles.maas
    expect(await verdict(provider({ profile: name }, { ...others, profiles }), vector)).toBe(vector.verdict)
  })
})
