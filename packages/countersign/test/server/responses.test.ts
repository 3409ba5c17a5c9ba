import { OAuth1Error } from 'countersign'
import { describe, expect, it } from 'vitest'
import {
  credentialsResponse,
  errorResponse,
  pageResponse,
  redirectResponse,
} from '../../src/server/responses.ts'
import { plainVerifierPage } from '../../src/server/verifier-page.ts'
import { withoutSecrets } from '../../src/server/without-secrets.ts'

const uncached = { 'cache-control': 'no-store', pragma: 'no-cache' }
const form = { 'content-type': 'application/x-www-form-urlencoded' }

describe('a response is written to the last header', () => {
  it('of credentials', () => {
    expect(credentialsResponse({ oauth_token: 'a b', x: '&' })).toStrictEqual({
      status: 200,
      headers: { ...form, ...uncached },
      body: 'oauth_token=a%20b&x=%26',
    })
  })

  const ofPages = {
    ...uncached,
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  }

  it('of a redirect, with an empty body', () => {
    expect(redirectResponse('https://app.example/')).toStrictEqual({
      status: 302,
      headers: { location: 'https://app.example/', ...ofPages },
      body: '',
    })
  })

  it('of a page', () => {
    expect(pageResponse('<p>')).toStrictEqual({
      status: 200,
      headers: { 'content-type': 'text/html; charset=utf-8', ...ofPages },
      body: '<p>',
    })
  })

  it.each<[string, OAuth1Error, { challenge?: boolean; allow?: string }, Record<string, string>]>([
    ['a 400', new OAuth1Error('invalid_request', 'No.'), {}, {}],
    ['a 401', new OAuth1Error('invalid_signature', 'No.'), {}, { 'www-authenticate': 'OAuth realm="r"' }],
    ['a request that is too large', new OAuth1Error('request_too_large', 'No.'), {}, { connection: 'close' }],
    ['a request that is too slow', new OAuth1Error('request_timeout', 'No.'), {}, { connection: 'close' }],
    ['another verb', new OAuth1Error('invalid_request', 'No.'), { allow: 'POST' }, { allow: 'POST' }],
  ])('of %s', (_name, error, to, headers) => {
    const response = errorResponse(error, { realm: 'r', ...to })
    expect(response).toStrictEqual({
      status: error.status,
      headers: { ...form, ...uncached, ...headers },
      body: `error=${error.code}&error_description=No.`,
    })
  })

  it.each([
    ['application/json;q=0.5, application/x-www-form-urlencoded;q=0.4', 'application/json'],
    ['application/json;xq=0.1, application/x-www-form-urlencoded;q=0.9', 'application/json'],
    ['application/json;Q=0.1, application/x-www-form-urlencoded;q=0.9', form['content-type']],
    [undefined, form['content-type']],
  ])('in the kind that is preferred: %s', (accept, type) => {
    const { headers } = errorResponse(new OAuth1Error('invalid_request', 'No.'), { realm: 'r', accept })
    expect(headers['content-type']).toBe(type)
  })
})

it.each([
  [undefined, 'Access denied', 'You did not grant access. You can close this page.'],
  ['ABCDEFGHIJ', 'Your verification code', 'ABCDE-FGHIJ'],
])('the page of the verifier %s says so', (oauthVerifier, title, text) => {
  const page = plainVerifierPage({ oauthVerifier })
  expect(page).toContain(`<title>${title}</title><h1>${title}</h1>`)
  expect(page).toContain(text)
})

it('a field that is called __proto__ gives a copy without secrets no prototype', () => {
  const row = JSON.parse('{"clientId":"a","clientSecret":"s","__proto__":{"isAdmin":true}}')
  const copy = withoutSecrets(row)
  expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
  expect(copy).toStrictEqual({ clientId: 'a' })
})
