import { OAuth1Client } from 'countersign/client'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formOf, ThirdParty } from '../../../../test/support/third-party.ts'
import { privatePem } from '../protocol/keys.ts'
import { Oauthlib, oauthlibAvailable } from '../protocol/oauthlib.ts'
import { keys, protocolParameters, start, token } from './site.ts'

const url = 'https://photos.example.net/a%2Fb'
const methods = [
  'HMAC-SHA1',
  'HMAC-SHA256',
  'HMAC-SHA512',
  'RSA-SHA1',
  'RSA-SHA256',
  'RSA-SHA512',
  'PLAINTEXT',
] as const
const name = fc.string({ unit: fc.constantFrom(...'abAB019-._~ é'), minLength: 1, maxLength: 6 })
const value = fc.string({ unit: fc.constantFrom(...'abAB019-._~ é&=+%!*/'), maxLength: 20 })
const pairs = fc.array(fc.tuple(name, value), { maxLength: 4 })
const text = (list: readonly [string, string][]) => new URLSearchParams(list).toString()
const samples = fc.sample(
  fc.record({
    clientSecret: value.filter(Boolean),
    tokenSecret: value,
    query: pairs.map(text),
    form: pairs.map((list) => text([['a', 'b'], ...list])),
  }),
  30,
)

it.each(methods)('signs by %s as oauth-1.0a does', (signatureMethod) => {
  const peer = new ThirdParty({ key: keys.clientId, secret: keys.clientSecret }, signatureMethod, privatePem)
  for (const [query, data] of [
    ['', {}],
    ['?size=large&b=%C3%BC%20x', {}],
    ['?q=1', { text: "naïve & bold ~ !'()*", empty: '', list: ['b', 'a'] }],
  ] as const) {
    const theirs = protocolParameters(
      peer.authorization('POST', url + query, {
        data: data as Record<string, string | string[]>,
        token: { key: token.oauthToken, secret: token.oauthTokenSecret },
      }),
    )
    const client = new OAuth1Client({
      ...keys,
      privateKey: privatePem,
      token,
      signatureMethod,
      now: () => Number(theirs['oauth_timestamp']),
      nonce: () => theirs['oauth_nonce'] ?? '',
    })
    const body = formOf(data as Record<string, string | string[]>)
    const { authorization } = client.sign({ method: 'POST', url: url + query, body })
    expect(protocolParameters(authorization)).toEqual(theirs)
  }
})

describe.skipIf(!(await oauthlibAvailable()))('oauthlib', () => {
  let oauthlib: Oauthlib
  beforeAll(() => {
    oauthlib = new Oauthlib()
  })
  afterAll(() => oauthlib.close())

  interface Signed {
    readonly url: string
    readonly headers: Record<string, string>
    readonly body: string | null
  }
  const peer = {
    client_key: 'client',
    resource_owner_key: 'token',
    nonce: 'nonce',
    timestamp: String(start),
    rsa_key: privatePem,
  }
  const own = { clientId: 'client', privateKey: privatePem, nonce: () => 'nonce', now: () => start }

  it.each(methods)('gives the same signatures by %s in each place', async (signatureMethod) => {
    for (const [place, type] of [
      ['header', 'AUTH_HEADER'],
      ['query', 'QUERY'],
      ['body', 'BODY'],
    ] as const) {
      const theirs = await oauthlib.ask<Signed>(
        'sign',
        samples.map(({ clientSecret, tokenSecret, query, form }) => ({
          client: {
            ...peer,
            client_secret: clientSecret,
            resource_owner_secret: tokenSecret,
            signature_method: signatureMethod,
            signature_type: type,
          },
          uri: `${url}?${query}`,
          method: 'POST',
          form,
          headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        })),
      )
      const ours = samples.map(({ clientSecret, tokenSecret, query, form }) => {
        const token = { oauthToken: 'token', oauthTokenSecret: tokenSecret }
        const client = new OAuth1Client({ ...own, clientSecret, token, signatureMethod, place })
        return client.sign({ method: 'POST', url: `${url}?${query}`, body: new URLSearchParams(form) })
      })
      const read = { header: ofHeader, query: ofQuery, body: ofBody }[place]
      expect(ours.map(({ headers, url, body }) => read(headers, url, String(body)))).toEqual(
        theirs.map(({ headers, url, body }) => read(headers, url, body ?? '')),
      )
    }
  })

  it('gives the same body hash and signature for a body that is not a form', async () => {
    const body = '{"text":"naïve"}'
    const [theirs] = await oauthlib.ask<Signed>('sign', [
      {
        client: {
          ...peer,
          client_secret: 'secret',
          resource_owner_secret: 's',
          signature_method: 'HMAC-SHA256',
        },
        uri: url,
        method: 'PUT',
        form: body,
        headers: { 'Content-Type': 'application/json' },
      },
    ])
    const client = new OAuth1Client({
      ...own,
      clientSecret: 'secret',
      token: { oauthToken: 'token', oauthTokenSecret: 's' },
      signatureMethod: 'HMAC-SHA256',
      bodyHash: 'always-sha1',
    })
    const headers = { 'content-type': 'application/json' }
    const { authorization } = client.sign({ method: 'PUT', url, headers, body })
    expect(protocolParameters(authorization)).toEqual(protocolParameters(theirs?.headers['Authorization']))
    expect(authorization).toContain('oauth_body_hash')
  })
})

function ofHeader(headers: Readonly<Record<string, string>>): Record<string, string> {
  return protocolParameters(headers['authorization'] ?? headers['Authorization'])
}

function ofQuery(_: unknown, url: string): [string, string][] {
  return [...new URL(url).searchParams].sort()
}

function ofBody(_: unknown, __: string, body: string): [string, string][] {
  return [...new URLSearchParams(body)].sort()
}
