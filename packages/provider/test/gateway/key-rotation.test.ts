import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { signed } from '../../../../test/support/signer.ts'
import { client, openSetting, type RecordingUpstream, recordingUpstream, type Setting } from './setting.ts'

const day = 24 * 3600
const begin = Math.floor(Date.now() / 1000)
let now = begin
let upstream: RecordingUpstream
let setting: Setting

beforeAll(async () => {
  upstream = await recordingUpstream()
})
beforeEach(async () => {
  now = begin
  setting = await openSetting(upstream.address, { options: { now: () => now } })
  return setting.close
})
afterAll(() => upstream.close())

async function published(): Promise<JSONWebKeySet> {
  const response = await fetch(`${setting.gateway.adminAddress}/.well-known/jwks.json`)
  return (await response.json()) as JSONWebKeySet
}

const idsOf = ({ keys }: JSONWebKeySet) => keys.map(({ kid }) => kid)

/** The assertion of a request that is signed now. */
async function assertion(): Promise<string> {
  const unsigned = {
    url: `${setting.address}/photos`,
    client: { clientId: client.key, clientSecret: client.secret },
    token: { oauthToken: setting.token.key, oauthTokenSecret: setting.token.secret },
  }
  const { url, headers } = signed(unsigned, now)
  const response = await fetch(url, { headers: headers as Record<string, string> })
  expect(response.status).toBe(200)
  return String(upstream.seen.at(-1)?.headers['x-oauth-assertion'])
}

const keyIdOf = (text: string): string =>
  JSON.parse(Buffer.from(String(text.split('.')[0]), 'base64url').toString()).kid

function verified(text: string, keys: JSONWebKeySet): Promise<unknown> {
  return jwtVerify(text, createLocalJWKSet(keys), { currentDate: new Date(now * 1000) })
}

it('the key that signs next is published a day before it does', async () => {
  const before = await published()
  const first = keyIdOf(await assertion())
  expect(idsOf(before)).toHaveLength(2)
  now += day - 1
  expect(keyIdOf(await assertion())).toBe(first)
  now += 1
  const second = await assertion()
  expect(keyIdOf(second)).not.toBe(first)
  expect(idsOf(before)).toContain(keyIdOf(second))
  await verified(second, before)
})

it('an assertion that was signed just before a rotation verifies after it', async () => {
  now += day - 1
  const last = await assertion()
  now += 30
  expect(keyIdOf(await assertion())).not.toBe(keyIdOf(last))
  await verified(last, await published())
})

it('a key is published for a day after it has signed, and no longer', async () => {
  const first = keyIdOf(await assertion())
  now += day
  expect(idsOf(await published())).toContain(first)
  now += day - 1
  expect(idsOf(await published())).toContain(first)
  now += 1
  expect(idsOf(await published())).not.toContain(first)
})

it('a process that was idle for many days signs with a key that was published all along', async () => {
  const before = await published()
  now += 10 * day
  const text = await assertion()
  expect(idsOf(before)).toContain(keyIdOf(text))
  await verified(text, before)
  await verified(text, await published())
})

it('requests at the moment of a rotation are all signed by published keys', async () => {
  now += day
  const texts = await Promise.all(Array.from({ length: 8 }, assertion))
  const keys = await published()
  expect(idsOf(keys)).toHaveLength(3)
  for (const text of texts) await verified(text, keys)
})
