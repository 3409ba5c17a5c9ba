import { describe, expect, it } from 'vitest'
import { ThirdParty } from '../../../../test/support/third-party.ts'
import { forwardedTrailers, responseHeaders } from '../../src/gateway/forwarded-headers.ts'
import { sendRaw } from './raw-request.ts'
import { client, gatewayOfFile, openSetting } from './setting.ts'

const file = gatewayOfFile()

const thirdParty = new ThirdParty(client)

/** Sends a signed GET with further lines in its head; returns the names and values that the upstream saw. */
async function seenOf(lines: readonly string[], open = file.setting): Promise<(readonly [string, string])[]> {
  const url = `${open.address}/a`
  const authorization = thirdParty.authorization('GET', url, { token: open.token })
  const own = [`Host: ${new URL(url).host}`, `Authorization: ${authorization}`, 'Connection: close']
  const octets = `${['GET /a HTTP/1.1', ...own, ...lines].join('\r\n')}\r\n\r\n`
  expect(await sendRaw(open.address, Buffer.from(octets, 'latin1'))).toMatch(/^HTTP\/1\.1 200 /)
  const { rawHeaders = [] } = file.upstream.seen.at(-1) ?? {}
  return rawHeaders.flatMap((name, at) =>
    at % 2 === 0 ? [[name.toLowerCase(), String(rawHeaders[at + 1])]] : [],
  )
}

describe('the upstream never sees, of a client,', () => {
  it.each([
    'X-OAuth-User',
    'x-oauth-user',
    'X_OAUTH_USER',
    'x_oauth-user',
    'X-Oauth_User',
    'x.oauth.user',
    'x!oauth~user',
    'X-OAuth-Client',
    'X_OAuth_Client',
    'X-OAuth-Scope',
    'x_oauth_scope',
    'X-OAuth-Assertion',
    'X_OAUTH_ASSERTION',
    'X-Forwarded-For',
    'X_Forwarded_For',
    'X-Forwarded-Host',
    'X-Forwarded-Proto',
    'Forwarded',
    'X-Real-IP',
    'X-HTTP-Method-Override',
    'X_HTTP_Method_Override',
    'X-HTTP-Method',
    'X-Method-Override',
    'X-Original-URL',
    'X-Rewrite-URL',
    'X-Request-Id',
    'Content_Length',
    'Transfer_Encoding',
    'Content_Type',
    'Proxy-Authorization',
    'Proxy-Connection',
    'Keep-Alive',
    'TE',
    'Trailer',
    'HTTP2-Settings',
  ])('%s', async (name) => {
    const seen = await seenOf([`${name}: forged-by-client`, `${name.toUpperCase()}: forged-by-client`])
    const forged = seen.filter(([, value]) => value.includes('forged-by-client'))
    expect(forged).toEqual([])
  })

  it('what Connection names', async () => {
    const seen = await seenOf(['Connection: X-Secret, x-other', 'X-Secret: 1', 'X-Other: 2', 'X-Kept: 3'])
    const names = seen.map(([name]) => name)
    expect(names).toContain('x-kept')
    expect(names).not.toContain('x-secret')
    expect(names).not.toContain('x-other')
  })

  it('a forged identity where OAuth’s own header is passed on', async () => {
    const open = await openSetting(file.upstream.address, { gateway: { keepAuthorization: true } })
    const seen = await seenOf(['X_OAuth_User: 1'], open)
    expect(seen.filter(([name]) => /oauth.user/.test(name))).toEqual([['x-oauth-user', String(open.userId)]])
    expect(seen.filter(([name]) => name === 'authorization')).toHaveLength(1)
    await open.close()
  })
})

describe('the upstream sees, of a client,', () => {
  it('every other header, as it came, in its order and as often', async () => {
    const given = ['Accept: a/b', 'X-A: 1', 'X-B: \xfc', 'x-a: 2', 'Cookie: a=1', 'api_key: k', 'X-Empty:']
    const seen = await seenOf(given)
    const kept = seen.filter(([name]) => /^(?:accept|x-a|x-b|cookie|api_key|x-empty)$/.test(name))
    expect(kept).toEqual([
      ['accept', 'a/b'],
      ['x-a', '1'],
      ['x-b', '\xfc'],
      ['x-a', '2'],
      ['cookie', 'a=1'],
      ['api_key', 'k'],
      ['x-empty', ''],
    ])
  })
})

describe('names of identity headers', () => {
  it('can be others, which are guarded in the place of the usual ones', async () => {
    const own = { userHeader: 'Remote-User', keepHost: true, assertionAlgorithm: 'RS256' } as const
    const open = await openSetting(file.upstream.address, { gateway: own })
    const seen = await seenOf(['Remote_User: root', 'X-OAuth-User: root'], open)
    expect(seen.filter(([name]) => /user/.test(name))).toEqual([
      ['x-oauth-user', 'root'],
      ['remote-user', String(open.userId)],
    ])
    expect(seen.filter(([name]) => name === 'host')).toEqual([['host', new URL(open.address).host]])
    await open.close()
  })

  it('must differ', async () => {
    const own = { userHeader: 'x-who', clientHeader: 'X-Who' }
    await expect(openSetting(file.upstream.address, { gateway: own })).rejects.toThrow(/different names/)
  })
})

it('responses and trailers lose hop-by-hop headers', () => {
  const raw = [
    'Connection',
    'X-Hop, close',
    'X-Hop',
    '1',
    'Keep-Alive',
    'timeout=5',
    'Set-Cookie',
    'a',
    'Set-Cookie',
    'b',
  ]
  expect(responseHeaders(raw)).toEqual(['Set-Cookie', 'a', 'Set-Cookie', 'b'])
  const trailers = { 'content-length': '1', 'transfer-encoding': 'chunked', 'x-checksum': 'abc' }
  expect(forwardedTrailers(trailers)).toEqual({ 'x-checksum': 'abc' })
})
