import { ConfigurationError, StoreError, verifySignature } from 'countersign'
import { describe, expect, it } from 'vitest'
import { signed, type Unsigned } from '../../../../test/support/signer.mjs'
import { rsaSigner, spkiPem } from '../protocol/keys.ts'
import { start } from './provider.ts'

const now = () => start
const secrets = { moodle: 'moodle-secret', canvas: { clientSecret: 'canvas-secret' } }

function launch(rest: Partial<Unsigned> = {}) {
  return signed(
    {
      method: 'POST',
      url: 'https://tool.example/launch?course=1',
      client: { clientId: 'moodle', clientSecret: 'moodle-secret' },
      form: [
        ['user_id', '7'],
        ['roles', 'Learner'],
      ],
      place: 'body',
      ...rest,
    },
    start,
  )
}

describe('one request, verified with no store but the secrets', () => {
  it('returns who signed it, and the parameters as they were signed', async () => {
    const { clientId, parameters } = await verifySignature(launch(), secrets, { now })
    expect(clientId).toBe('moodle')
    expect(parameters).toEqual([
      ['course', '1'],
      ['user_id', '7'],
      ['roles', 'Learner'],
    ])
  })

  it.each<[what: string, rest: Partial<Unsigned>, found: Parameters<typeof verifySignature>[1]]>([
    ['an object of texts', {}, secrets],
    ['an object of keys', { client: { clientId: 'canvas', clientSecret: 'canvas-secret' } }, secrets],
    ['a function', {}, () => 'moodle-secret'],
    ['a function that asks somewhere', {}, async () => ({ clientSecret: 'moodle-secret' })],
    [
      'an RSA key',
      { oauth: { oauth_signature_method: 'RSA-SHA256' }, sign: rsaSigner('SHA256') },
      () => ({ rsaPublicKey: spkiPem }),
    ],
  ])('finds the secret in %s', async (_what, rest, found) => {
    const supportedSignatureMethods = ['HMAC-SHA1', 'RSA-SHA256']
    const options = { now, supportedSignatureMethods }
    await expect(verifySignature(launch(rest), found, options)).resolves.toBeTruthy()
  })

  it.each<[what: string, rest: Partial<Unsigned>, code: string]>([
    ['a wrong signature', { oauth: { oauth_signature: 'AAAA' } }, 'invalid_signature'],
    [
      'another secret',
      { client: { clientId: 'moodle', clientSecret: 'canvas-secret' } },
      'invalid_signature',
    ],
    ['an unknown client', { client: { clientId: 'x', clientSecret: '' } }, 'invalid_signature'],
    [
      'a client called like what every object has',
      { client: { clientId: 'constructor', clientSecret: '' } },
      'invalid_signature',
    ],
    ['an old timestamp', { oauth: { oauth_timestamp: String(start - 301) } }, 'invalid_nonce'],
    [
      'a token that no one can look up',
      { token: { oauthToken: 't', oauthTokenSecret: '' } },
      'invalid_signature',
    ],
    [
      'nothing that is signed',
      { place: 'header', oauth: { oauth_consumer_key: undefined } },
      'missing_required_parameter',
    ],
  ])('refuses %s', async (_what, rest, code) => {
    await expect(verifySignature(launch(rest), secrets, { now })).rejects.toMatchObject({ code })
  })

  it('refuses a request that was altered', async () => {
    const request = launch()
    const altered = { ...request, body: request.body?.replace('Learner', 'Instructor') ?? '' }
    await expect(verifySignature(altered, secrets, { now })).rejects.toMatchObject({
      code: 'invalid_signature',
    })
  })

  it('refuses a copy where nonces are remembered', async () => {
    const seen = new Set<string>()
    const recordNonce = ({ nonce }: { nonce: string }) => !seen.has(nonce) && Boolean(seen.add(nonce))
    const request = launch()
    await expect(verifySignature(request, secrets, { now, recordNonce })).resolves.toBeTruthy()
    await expect(verifySignature(request, secrets, { now, recordNonce })).rejects.toMatchObject({
      code: 'invalid_nonce',
    })
    await expect(verifySignature(request, secrets, { now })).resolves.toBeTruthy()
  })

  it('takes a token whose secret it is told', async () => {
    const token = { oauthToken: 't', oauthTokenSecret: 'ts' }
    const tokenSecret = (clientId: string, name: string) =>
      clientId === 'moodle' && name === 't' ? 'ts' : undefined
    const { oauthToken } = await verifySignature(launch({ token }), secrets, { now, tokenSecret })
    expect(oauthToken).toBe('t')
  })

  it('fails, and lets no one in, where a look-up fails', async () => {
    const broken = () => Promise.reject(new Error('down'))
    await expect(verifySignature(launch(), broken, { now })).rejects.toThrow(StoreError)
  })

  it('names an option that does not exist', async () => {
    const options = { now, supportedMethods: [] } as object
    await expect(verifySignature(launch(), secrets, options)).rejects.toThrow(ConfigurationError)
  })
})
