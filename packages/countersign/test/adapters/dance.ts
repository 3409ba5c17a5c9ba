import { createHmac } from 'node:crypto'
import oauth from 'oauth'
import OAuth1a from 'oauth-1.0a'
import { expect } from 'vitest'
import { client } from './app.ts'

const callback = client.callbacks?.[0] as string
const clientId = client.clientId
const clientSecret = client.clientSecret as string

/** The resource owner's part: opens the page, approves, and is sent back with a verifier. */
async function approve(base: string, oauthToken: string): Promise<string> {
  const response = await fetch(`${base}/oauth/authorize?oauth_token=${oauthToken}`, { redirect: 'manual' })
  expect(response.status).toBe(302)
  const location = new URL(response.headers.get('location') ?? '')
  expect(location.origin + location.pathname).toBe(callback)
  expect(location.searchParams.get('oauth_token')).toBe(oauthToken)
  return location.searchParams.get('oauth_verifier') ?? ''
}

/** The flow and a protected request by the npm package `oauth`, which is below passport and many others. */
export async function danceWithNodeOAuth(base: string): Promise<void> {
  const { OAuth } = oauth
  const [initiate, token] = [`${base}/oauth/initiate`, `${base}/oauth/token`]
  const consumer = new OAuth(initiate, token, clientId, clientSecret, '1.0', callback, 'HMAC-SHA1')
  const temporary = await new Promise<[string, string]>((resolve, reject) =>
    consumer.getOAuthRequestToken((error, key, secret) => (error ? reject(error) : resolve([key, secret]))),
  )
  const verifier = await approve(base, temporary[0])
  const access = await new Promise<[string, string]>((resolve, reject) =>
    consumer.getOAuthAccessToken(...temporary, verifier, (error, key, secret) =>
      error ? reject(error) : resolve([key, secret]),
    ),
  )
  const url = `${base}/api/echo`
  const read = (
    error: unknown,
    body: unknown,
    resolve: (text: string) => void,
    reject: (e: unknown) => void,
  ) => (error ? reject(error) : resolve(String(body)))
  const got = await new Promise<string>((resolve, reject) =>
    consumer.get(`${url}?q=caf%C3%A9&a=1`, ...access, (error, body) => read(error, body, resolve, reject)),
  )
  expect(JSON.parse(got)).toMatchObject({ method: 'GET', inContext: access[0], user: 'user 7' })
  const posted = await new Promise<string>((resolve, reject) =>
    consumer.post(url, ...access, { text: 'café & more' }, undefined, (error, body) =>
      read(error, body, resolve, reject),
    ),
  )
  expect(JSON.parse(posted)).toMatchObject({ method: 'POST', fields: [['text', 'café & more']] })
}

/** The flow and a protected request signed by `oauth-1.0a`, with the protocol parameters in one of the three places. */
export async function danceWithOAuth1a(base: string, place: 'header' | 'query' | 'body'): Promise<void> {
  const signer = new OAuth1a({
    consumer: { key: clientId, secret: clientSecret },
    signature_method: 'HMAC-SHA1',
    hash_function: (text, key) => createHmac('sha1', key).update(text).digest('base64'),
  })
  const post = (path: string, data: Record<string, string>, token?: OAuth1a.Token) => {
    const url = `${base}${path}`
    const signed = signer.authorize({ url, method: 'POST', data }, token)
    const all = new URLSearchParams({ ...data, ...(signed as object) } as Record<string, string>)
    if (place === 'query') return fetch(`${url}?${all}`, { method: 'POST' })
    if (place === 'body') return fetch(url, { method: 'POST', body: all })
    return fetch(url, { method: 'POST', headers: { ...signer.toHeader(signed) } })
  }
  const credentials = async (response: Response) => {
    const body = await response.text()
    expect([response.status, body]).toEqual([200, expect.stringContaining('oauth_token_secret=')])
    const fields = new URLSearchParams(body)
    return { key: fields.get('oauth_token') ?? '', secret: fields.get('oauth_token_secret') ?? '' }
  }
  const temporary = await credentials(await post('/oauth/initiate', { oauth_callback: callback }))
  const verifier = await approve(base, temporary.key)
  const access = await credentials(await post('/oauth/token', { oauth_verifier: verifier }, temporary))
  const echo = await post('/api/echo', {}, access)
  expect(await echo.json()).toMatchObject({ inContext: access.key, user: 'user 7' })
}
