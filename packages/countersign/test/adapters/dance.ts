import oauth from 'oauth'
import { expect } from 'vitest'
import { type Keys, keysFrom, ThirdParty } from '../../../../test/support/third-party.ts'
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
  const signer = new ThirdParty({ key: clientId, secret: clientSecret })
  const post = (path: string, data: Record<string, string>, token?: Keys) =>
    signer.send('POST', `${base}${path}`, { data, token, place })
  const temporary = await keysFrom(await post('/oauth/initiate', { oauth_callback: callback }))
  const verifier = await approve(base, temporary.key)
  const access = await keysFrom(await post('/oauth/token', { oauth_verifier: verifier }, temporary))
  const echo = await post('/api/echo', {}, access)
  expect(await echo.json()).toMatchObject({ inContext: access.key, user: 'user 7' })
}
