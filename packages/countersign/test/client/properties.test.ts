import { ResourceProtector } from 'countersign'
import { OAuth1Client } from 'countersign/client'
import { memoryHooks } from 'countersign/memory'
import { OAuth1Request } from 'countersign/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { protocolParameters, start } from './site.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 20 })
const pair = fc.tuple(
  text.filter((name) => !name.startsWith('oauth_')),
  text,
)
const pairs = fc.array(pair, { maxLength: 6 })
const path = fc.array(fc.oneof(text, fc.constantFrom('a%2Fb', '%7E', "it's", '..', ';x=1', '[1]')), {
  maxLength: 4,
})
const request = fc.record({
  method: fc.constantFrom('POST', 'put', 'PATCH', 'DELETE'),
  site: fc.constantFrom(
    'https://a.example',
    'http://A.example:80',
    'http://[::1]:8080',
    'https://münchen.example',
  ),
  path,
  query: fc.option(pairs),
  form: fc.option(pairs),
  place: fc.constantFrom('header', 'query', 'body'),
  clientId: text.filter(Boolean),
  clientSecret: text.filter(Boolean),
  oauthToken: text.filter(Boolean),
  oauthTokenSecret: text,
  signatureMethod: fc.constantFrom('HMAC-SHA1', 'HMAC-SHA256', 'HMAC-SHA512', 'PLAINTEXT'),
})

it('signs whatever URL, parameters and form so that a server accepts it and reads the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      request,
      async ({ method, site, path, query, form, place, signatureMethod, ...keys }) => {
        const { clientId, clientSecret, oauthToken, oauthTokenSecret } = keys
        const token = { oauthToken, oauthTokenSecret }
        const client = new OAuth1Client({
          clientId,
          clientSecret,
          token,
          signatureMethod,
          place,
          now: () => start,
        })
        // What would end the path is escaped, and nothing else.
        const address = new URL(
          `${site}/${path.map((part) => part.replace(/[?#\\/]/g, encodeURIComponent)).join('/')}`,
        )
        if (query !== null) address.search = new URLSearchParams(query).toString()
        const signed = client.sign({
          method,
          url: address,
          body: form === null ? undefined : new URLSearchParams(form),
        })
        const http = { ...signed, body: signed.body as string | undefined }
        const hooks = memoryHooks({
          clients: [{ clientId, clientSecret }],
          tokens: [{ ...token, clientId }],
          now: () => start,
        })
        const options = {
          hooks,
          now: () => start,
          supportedSignatureMethods: [signatureMethod],
          insecureTransport: true,
        }
        await expect(new ResourceProtector(options).authenticate(http)).resolves.toMatchObject({
          credential: { oauthToken },
        })
        const { parameters, baseString } = OAuth1Request.parse(http)
        expect(parameters).toEqual([...(query ?? []), ...(form ?? [])])
        expect(baseString).toBe(signed.baseString)
      },
    ),
    { numRuns: 400 },
  )
})

it('refuses a request with another signature: a changed parameter, verb or path', async () => {
  await fc.assert(
    fc.asyncProperty(pair, async ([name, value]) => {
      const client = new OAuth1Client({ clientId: 'client', clientSecret: 'secret', now: () => start })
      const url = new URL('https://a.example/b')
      url.search = new URLSearchParams([[name, value]]).toString()
      const { headers } = client.sign({ url })
      const signatures = [
        client.sign({ url, oauth: protocolParametersBut(headers['authorization']) }),
        client.sign({ url: `${url.href}x`, oauth: protocolParametersBut(headers['authorization']) }),
      ].map(({ authorization }) => protocolParameters(authorization)['oauth_signature'])
      expect(signatures[0]).toBe(protocolParameters(headers['authorization'])['oauth_signature'])
      expect(signatures[1]).not.toBe(signatures[0])
    }),
  )
})

function protocolParametersBut(authorization: string | undefined): Record<string, string> {
  const { oauth_signature: _, ...rest } = protocolParameters(authorization)
  return rest
}
