import { createHmac, sign } from 'node:crypto'
import OAuth from 'oauth-1.0a'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hardPairs, openSetting, type Setting, sorted } from './setting.ts'

const methods = [
  'HMAC-SHA1',
  'HMAC-SHA256',
  'HMAC-SHA512',
  'RSA-SHA1',
  'RSA-SHA256',
  'RSA-SHA512',
  'PLAINTEXT',
]
/** As an object: a repeated name has a list. */
const data: Record<string, string | string[]> = { ...Object.fromEntries(hardPairs), tag: ['b', 'a'] }

type Place = 'header' | 'query' | 'body'

describe('oauth-1.0a (npm)', () => {
  let setting: Setting
  beforeAll(async () => {
    setting = await openSetting()
  })
  afterAll(() => setting?.close())

  function clientWith(method: string): OAuth {
    const { client, rsaClient } = setting
    const hash = method.replace(/^.*-SHA/, 'sha')
    return new OAuth({
      consumer: method.startsWith('RSA') ? { key: rsaClient.key, secret: rsaClient.secret } : client,
      signature_method: method,
      hash_function: (text, key) => {
        if (method === 'PLAINTEXT') return key
        return method.startsWith('RSA')
          ? sign(hash, Buffer.from(text), rsaClient.privateKey).toString('base64')
          : createHmac(hash, key).update(text).digest('base64')
      },
    })
  }

  /** Sends what was signed, the protocol parameters where they are wanted. */
  async function send(
    oauth: OAuth,
    place: Place,
    request: { method: string; path: string; data?: Record<string, string | string[]> },
    token?: OAuth.Token,
  ): Promise<Response> {
    const url = setting.site + request.path
    const own = request.data ?? {}
    const authorized = oauth.authorize({ url, method: request.method, data: { ...own } }, token)
    const { method } = request
    if (place === 'header') {
      const headers = { ...oauth.toHeader(authorized) }
      const form = formOf(Object.entries(own).filter(([name]) => !name.startsWith('oauth_')))
      return method === 'GET' ? fetch(url, { headers }) : fetch(url, { method, headers, body: form })
    }
    // The URL's own parameters are among the authorized ones too.
    const entries = Object.entries(authorized).filter(([name]) => name in own || name.startsWith('oauth_'))
    const form = formOf(entries as [string, string | string[]][])
    return place === 'body'
      ? fetch(url, { method, body: form })
      : fetch(`${url}${url.includes('?') ? '&' : '?'}${form}`, { method })
  }

  async function credential(answer: Response): Promise<OAuth.Token> {
    const pairs = new URLSearchParams(await answer.text())
    return { key: pairs.get('oauth_token') ?? '', secret: pairs.get('oauth_token_secret') ?? '' }
  }

  const cases = methods.flatMap((method) =>
    (['header', 'query', 'body'] as const).map((place) => [method, place] as const),
  )

  it.each(cases)('goes through the flow and calls the API with %s, %s', async (method, place) => {
    const oauth = clientWith(method)
    const initiate = { method: 'POST', path: '/oauth/initiate', data: { oauth_callback: 'oob' } }
    const temporary = await credential(await send(oauth, place, initiate))
    const oauth_verifier = await setting.allow(`/oauth/authorize?oauth_token=${temporary.key}`)
    const exchange = { method: 'POST', path: '/oauth/token', data: { oauth_verifier } }
    const token = await credential(await send(oauth, place, exchange, temporary))

    for (const verb of ['POST', 'PUT', 'PATCH']) {
      const answer = await send(oauth, place, { method: verb, path: '/api/echo', data }, token)
      const echoed = (await answer.json()) as { parameters: [string, string][] }
      expect(echoed).toMatchObject({
        method: verb,
        signatureMethod: method,
        transport: place,
        user: { name: 'rosa' },
      })
      expect(sorted(echoed.parameters)).toEqual(sorted(hardPairs))
    }
    if (place === 'body') return
    const query = 'q=Gr%C3%BC%C3%9Fe%20%26%20k%C3%BCsse%3D1&tag=b&tag=a&empty='
    const answer = await send(oauth, place, { method: 'GET', path: `/api/echo?${query}` }, token)
    const { parameters } = (await answer.json()) as { parameters: [string, string][] }
    expect(sorted(parameters)).toEqual(sorted(hardPairs.filter(([name]) => name !== '日本')))
  })
})

function formOf(entries: readonly (readonly [string, string | string[]])[]): URLSearchParams {
  return new URLSearchParams(
    entries.flatMap(([name, value]) => [value].flat().map((item): [string, string] => [name, item])),
  )
}
