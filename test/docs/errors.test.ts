import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AuthorizationServer, OAuth1Error, type OAuth1ErrorCode, ResourceProtector } from 'countersign'
import { ExchangeError, type ExchangeErrorCode, TokenExchange, tokenEndpoint } from 'countersign/bridge'
import { memoryHooks } from 'countersign/memory'
import { Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { describe, expect, it } from 'vitest'
import { jsonRefusal } from '../../packages/provider/src/gateway/gateway-response.ts'
import { nginxRefusal } from '../../packages/provider/src/gateway/nginx-refusal.ts'
import { documentedErrors } from '../../packages/provider/src/settings/settings.ts'
import { clientResponse, explainedAt } from '../../packages/provider/src/web/http/client-response.ts'
import { exchangeCodes, gatewayCodes, oauthCodes, providerCodes } from '../../scripts/error-texts.ts'
import { errorsPage } from '../../scripts/errors.ts'

const root = join(import.meta.dirname, '../..')
const page = await readFile(join(root, 'docs/errors.md'), 'utf8')

it('docs/errors.md is what the table of texts says', () => {
  expect(page).toBe(errorsPage())
})

it.each([
  ['server', 'packages/countersign/src/errors.ts', oauthCodes],
  ['exchange', 'packages/countersign/src/bridge/exchange-error.ts', exchangeCodes],
])('has every code of the %s, and no other', async (_, file, texts) => {
  const declared = (await readFile(join(root, file), 'utf8')).matchAll(/^ {2}(\w+): \d{3},$/gm)
  expect(Object.keys(texts)).toEqual([...declared].map(([, code]) => code))
})

it.each([
  ['provider', 'packages/provider/src/web/**/*.ts', /status: (\d{3}),\s*code: '(\w+)'/g, providerCodes],
  [
    'gateway',
    'packages/provider/src/gateway/*.ts',
    /(?:GatewayRefusal\(|status: )\s*(\d{3}),\s*(?:code: )?'(\w+)'/g,
    gatewayCodes,
  ],
])('has every code of the %s with its statuses, and no other', async (_, pattern, found, texts) => {
  const sources = globSync(pattern, { cwd: root }).map((path) => readFile(join(root, path), 'utf8'))
  const sent = (await Promise.all(sources)).flatMap((source) =>
    [...source.matchAll(found)].map(([, status, code]) => `${code} ${status}`),
  )
  const documented = Object.entries(texts).flatMap(([code, { status }]) =>
    status.map((number) => `${code} ${number}`),
  )
  expect(documented.sort()).toEqual([...new Set(sent)].sort())
})

it('says cause and remedy in whole sentences', () => {
  for (const texts of [oauthCodes, exchangeCodes, providerCodes, gatewayCodes])
    for (const [code, { cause, remedy }] of Object.entries(texts))
      for (const text of [cause, remedy]) expect(text, code).toMatch(/^[A-Z`].*\.$/)
})

const errorPage = documentedErrors
const anchors = [...page.matchAll(/^## (\w+)$/gm)].map(([, anchor]) => anchor)

/** The anchor that a link leads to, on the page of this repository. */
function followed(link: unknown): string | undefined {
  const [, path, anchor] = /\/blob\/main\/(.+)#(.+)$/.exec(String(link)) ?? []
  expect(path).toBe('docs/errors.md')
  expect(anchors).toContain(anchor)
  return anchor
}

describe('every refusal links to the section of its code', () => {
  const hooks = memoryHooks()
  const server = new AuthorizationServer({ hooks, errorPage })
  const protector = new ResourceProtector({ hooks, errorPage })

  it.each(Object.keys(oauthCodes) as OAuth1ErrorCode[])('%s', (code) => {
    const error = new OAuth1Error(code, 'It is so.')
    const form = new URLSearchParams(server.errorResponse(error, { headers: {} }).body)
    expect(followed(form.get('error_uri'))).toBe(code)
    expect(followed(JSON.parse(protector.errorResponse(error).body).error_uri)).toBe(code)
    const [, link] = protector.errorResponse(error, 'text/html').body.split('\n')
    expect(followed(link)).toBe(code)
  })

  it.each(Object.keys(exchangeCodes) as ExchangeErrorCode[])('%s of the exchange', async (code) => {
    const never = () => undefined as never
    const exchangeHooks = { ...hooks, scopesFor: never, pairedClient: never, clientsPairedWith: never }
    const exchange = new TokenExchange({
      hooks: { ...exchangeHooks, issueTokens: never },
      protector,
      errorPage,
      earlierTokens: 'keep',
    })
    const refuse = () => Promise.reject(new ExchangeError(code, 'It is so.'))
    const { body } = await tokenEndpoint(
      exchange,
      refuse,
    )({
      method: 'POST',
      url: 'https://example.com/token',
      headers: {},
      body: 'client_id=a',
    })
    expect(followed(JSON.parse(body).error_uri)).toBe(code)
  })

  it.each(Object.entries(providerCodes))('%s of the provider', async (code, { status }) => {
    const app = new Hono()
    app.use(explainedAt(documentedErrors))
    const error = { status: status[0] as ContentfulStatusCode, code, description: 'It is so.' }
    app.get('/', (c) => clientResponse(c, error, 'application/json'))
    const [json, form, text] = await Promise.all(
      ['application/json', 'application/x-www-form-urlencoded', 'text/plain'].map(async (accept) =>
        (await app.request('/', { headers: { accept } })).text(),
      ),
    )
    expect(followed(JSON.parse(json ?? '').error_uri)).toBe(code)
    expect(followed(new URLSearchParams(form).get('error_uri'))).toBe(code)
    expect(followed(text?.split('\n')[1])).toBe(code)
  })

  it.each(Object.entries(gatewayCodes))('%s of the gateway', (code, { status }) => {
    const refusal = { status: status[0] as number, code, message: 'It is so.' }
    const response = jsonRefusal(refusal, documentedErrors)
    expect(followed(JSON.parse(response.body).error_uri)).toBe(code)
    // What nginx passes on.
    const { headers } = nginxRefusal(response, false)
    expect(followed(JSON.parse(headers['x-oauth-refusal'] ?? '').error_uri)).toBe(code)
  })
})

it('links nowhere unless told to', () => {
  const protector = new ResourceProtector({ hooks: memoryHooks() })
  const response = protector.errorResponse(new OAuth1Error('invalid_nonce', 'It is so.'))
  expect(JSON.parse(response.body)).toEqual({ error: 'invalid_nonce', error_description: 'It is so.' })
})

it('takes any valid address of a page', () => {
  for (const errorPage of ['HTTPS://example.com/errors', 'http://[::1]:8080/a?b=@'])
    expect(() => new ResourceProtector({ errorPage })).not.toThrow()
})

it.each([
  '',
  'errors.html',
  'https://example.com/#errors',
  'https://example.com/a b',
  true,
  'javascript:alert()',
  'https://?',
  'https://[',
  'https://:99999',
  'https://exa%mple/',
  'https://u:p@example.com/',
  'https://u@example.com/',
])('refuses the page %j', (errorPage) => {
  expect(() => new ResourceProtector({ errorPage: errorPage as string })).toThrow('errorPage must be')
})
