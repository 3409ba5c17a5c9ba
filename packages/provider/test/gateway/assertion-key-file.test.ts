import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigurationError } from 'countersign'
import { createRemoteJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { afterAll, describe, expect, it } from 'vitest'
import { ThirdParty } from '../../../../test/support/third-party.ts'
import { temporaryDirectory } from '../running-provider.ts'
import { client, openSetting, upstreamOfFile } from './setting.ts'

const directory = temporaryDirectory()
afterAll(() => directory.remove())
const upstream = upstreamOfFile()

function written(name: string, text: string): string {
  const file = join(directory.path, name.replaceAll(' ', '-'))
  writeFileSync(file, text)
  return file
}

type Own = NonNullable<NonNullable<Parameters<typeof openSetting>[1]>['gateway']>

/** Signs a request with the gateway so set, and verifies its assertion with the key that it publishes. */
async function verifiedAlgorithm(own: Own): Promise<string> {
  const setting = await openSetting(upstream.address, { gateway: own })
  try {
    const url = `${setting.address}/photos`
    const authorization = new ThirdParty(client).authorization('GET', url, { token: setting.token })
    expect((await fetch(url, { headers: { authorization } })).status).toBe(200)
    const assertion = String(upstream.seen.at(-1)?.headers['x-oauth-assertion'])
    const keys = createRemoteJWKSet(new URL(`${setting.gateway.adminAddress}/.well-known/jwks.json`))
    return (await jwtVerify(assertion, keys)).protectedHeader.alg
  } finally {
    await setting.close()
  }
}

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = (key: KeyObject, type: 'pkcs8' | 'spki' = 'pkcs8') =>
  key.export({ type, format: 'pem' }).toString()
const jwk = (key: KeyObject) => JSON.stringify(key.export({ format: 'jwk' }))

describe('the key of assertions', () => {
  it.each([
    ['EC key as PEM', pem(ec.privateKey), 'ES256'],
    ['older EC PEM', ec.privateKey.export({ type: 'sec1', format: 'pem' }).toString(), 'ES256'],
    ['RSA key as PEM', pem(rsa.privateKey), 'RS256'],
    ['older RSA PEM', rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(), 'RS256'],
    ['EC key as JWK', jwk(ec.privateKey), 'ES256'],
    ['RSA key as JWK', jwk(rsa.privateKey), 'RS256'],
  ])('may be an %s in a file', async (name, text, algorithm) => {
    expect(await verifiedAlgorithm({ assertionKeyFile: written(name, text) })).toBe(algorithm)
  })

  it('that the gateway makes itself may be an RSA key', async () => {
    expect(await verifiedAlgorithm({ assertionAlgorithm: 'RS256' })).toBe('RS256')
  })

  it('is the same for every gateway that has the file, and only its public part is published', async () => {
    const assertionKeyFile = written('shared', pem(ec.privateKey))
    const settings = [
      await openSetting(upstream.address, { gateway: { assertionKeyFile } }),
      await openSetting(upstream.address, { gateway: { assertionKeyFile } }),
    ]
    const keys: JSONWebKeySet[] = []
    for (const { gateway } of settings) {
      const response = await fetch(`${gateway.adminAddress}/.well-known/jwks.json`)
      keys.push((await response.json()) as JSONWebKeySet)
    }
    for (const setting of settings) await setting.close()
    expect(keys[0]).toEqual(keys[1])
    expect(Object.keys(keys[0]?.keys[0] ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
  })
})

const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
const otherCurve = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey
const encrypted = ec.privateKey
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' })
  .toString()
const howToMake = /contains no private key as PEM or JWK; make one with openssl genpkey /
const whichKeys = /must contain a key on the curve P-256, or an RSA key of 2048 bits or more/

describe('a key file of a gateway', () => {
  it.each([
    ['RSA key of 1024 bits', pem(weak), whichKeys],
    ['key of another curve', pem(otherCurve), whichKeys],
    ['key of another kind', pem(generateKeyPairSync('ed25519').privateKey), whichKeys],
    ['public key', pem(ec.publicKey, 'spki'), howToMake],
    ['public JWK', jwk(ec.publicKey), howToMake],
    ['encrypted PEM', encrypted, howToMake],
    ['half PEM', pem(ec.privateKey).slice(0, 90), howToMake],
    ['half JWK', jwk(ec.privateKey).slice(0, 90), howToMake],
    ['empty file', '', howToMake],
  ])(
    'with a wrong content, %s, stops the start with what to do, and is not quoted',
    async (name, text, says) => {
      const file = written(name, text)
      const opening = openSetting(upstream.address, { gateway: { assertionKeyFile: file } })
      const error = await opening.then(
        () => undefined,
        (fault) => fault,
      )
      expect(error).toBeInstanceOf(ConfigurationError)
      expect(error.message).toMatch(says)
      expect(error.message).toContain(`GATEWAY_ASSERTION_KEY_FILE: the file ${file} `)
      const shown = `${error.stack}${JSON.stringify(error)}${error.cause}`
      for (const piece of text.match(/[\w+/-]{12,}/g) ?? []) {
        if (!file.includes(piece)) expect(shown).not.toContain(piece)
      }
    },
  )

  it.each([
    ['is absent', join(directory.path, 'none.pem')],
    ['is a folder', directory.path],
  ])('that %s stops the start by its name', async (_what, file) => {
    await expect(openSetting(upstream.address, { gateway: { assertionKeyFile: file } })).rejects.toThrow(
      `GATEWAY_ASSERTION_KEY_FILE: the file ${file} `,
    )
  })
})
