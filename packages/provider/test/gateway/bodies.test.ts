import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { signed } from '../../../../test/support/signer.ts'
import { client, gatewayOfFile, openSetting, recordingUpstream, type Seen } from './setting.ts'

const file = gatewayOfFile()

function authorization(method: string, url: string, oauth: Record<string, string> = {}): string {
  const token = { oauthToken: file.setting.token.key, oauthTokenSecret: file.setting.token.secret }
  const named = { clientId: client.key, clientSecret: client.secret }
  return String(signed({ method, url, client: named, token, oauth }).headers['authorization'])
}

const sha1 = (body: string) => createHash('sha1').update(body).digest('base64')

/** Sends a body in pieces, of which the last is withheld until told otherwise. */
function sendInPieces(url: string, headers: Record<string, string>, pieces: readonly string[]) {
  const sending = request(url, { method: 'POST', headers })
  const received = once(sending, 'response').then(async ([response]) => {
    const chunks: Buffer[] = []
    for await (const chunk of response) chunks.push(chunk)
    return { status: response.statusCode, body: Buffer.concat(chunks).toString() }
  })
  for (const piece of pieces) sending.write(piece)
  sending.end()
  return received
}

describe('a body with a hash', () => {
  const pieces = ['{"a":', '"x".'.repeat(40_000), '}']
  const body = pieces.join('')

  it.each([
    ['with its length', { 'content-length': String(body.length) }],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('arrives complete where it is the signed one: %s', async (_what, framing) => {
    const url = `${file.setting.address}/photos`
    const headers = { authorization: authorization('POST', url, { oauth_body_hash: sha1(body) }), ...framing }
    const response = await sendInPieces(url, headers, pieces)
    expect(response.status).toBe(200)
    expect((JSON.parse(response.body) as Seen).body).toBe(body)
  })

  it.each([
    ['with its length', { 'content-length': String(body.length) }],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('is broken off before its end where it is not: %s', async (_what, framing) => {
    const before = file.upstream.seen.length
    const url = `${file.setting.address}/photos`
    const headers = { authorization: authorization('POST', url, { oauth_body_hash: sha1('x') }), ...framing }
    const response = await sendInPieces(url, headers, pieces)
    expect(response.status).toBe(401)
    expect(response.body).toContain('oauth_body_hash does not match')
    await expect.poll(() => file.upstream.seen.length).toBe(before + 1)
    expect(file.upstream.seen.at(-1)).toMatchObject({ isComplete: false })
  })

  it.each([
    ['', 200],
    ['x', 401],
  ])('is the hash of nothing where nothing is sent', async (hashed, status) => {
    const url = `${file.setting.address}/photos`
    for (const method of ['GET', 'POST']) {
      const headers = { authorization: authorization(method, url, { oauth_body_hash: sha1(hashed) }) }
      expect((await fetch(url, { method, headers })).status).toBe(status)
    }
  })
})

describe('a large body', () => {
  // large-bodies.test.ts measures the memory, in a process that is the gateway's alone.
  it('streams in both directions at once', async () => {
    const size = 64 * 1024 * 1024
    const piece = Buffer.alloc(64 * 1024, 'x')
    const echo = await recordingUpstream((req, res) => void req.pipe(res))
    const streaming = await openSetting(echo.address)
    const url = `${streaming.address}/large`
    const token = { oauthToken: streaming.token.key, oauthTokenSecret: streaming.token.secret }
    const named = { clientId: client.key, clientSecret: client.secret }
    const headers = signed({ method: 'POST', url, client: named, token }).headers as Record<string, string>
    const sending = request(url, { method: 'POST', headers: { ...headers, 'content-length': size } })
    const [response] = await (async () => {
      const received = once(sending, 'response')
      void (async () => {
        for (let sent = 0; sent < size; sent += piece.length)
          if (!sending.write(piece)) await once(sending, 'drain')
        sending.end()
      })()
      return received
    })()
    let received = 0
    // The response began while most of the request was still to be sent.
    expect(sending.writableFinished).toBe(false)
    for await (const chunk of response) received += chunk.length
    expect(received).toBe(size)
    await streaming.close()
    await echo.close()
  })

  it('stops the client where the upstream does not read', async () => {
    const idle = await recordingUpstream((req) => void req.pause())
    const streaming = await openSetting(idle.address)
    const url = `${streaming.address}/large`
    const token = { oauthToken: streaming.token.key, oauthTokenSecret: streaming.token.secret }
    const named = { clientId: client.key, clientSecret: client.secret }
    const headers = signed({ method: 'POST', url, client: named, token }).headers as Record<string, string>
    const sending = request(url, { method: 'POST', headers: { ...headers, 'content-length': 2 ** 30 } })
    sending.on('error', () => {})
    let written = 0
    let isOpen = true
    while (isOpen && written < 2 ** 28) {
      written += 65_536
      if (sending.write(Buffer.alloc(65_536))) continue
      isOpen = await Promise.race([
        once(sending, 'drain').then(() => true),
        new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 500)),
      ])
    }
    expect(written).toBeLessThan(2 ** 26)
    sending.destroy()
    await streaming.close()
    await idle.close()
  })
})

describe('a client that waits for "100 Continue"', () => {
  async function expecting(headers: Record<string, string>, body: string) {
    const sending = request(`${file.setting.address}/photos`, {
      method: 'POST',
      headers: { expect: '100-continue', 'content-length': body.length, ...headers },
    })
    const seen = { isContinued: false }
    sending.on('continue', () => {
      seen.isContinued = true
      sending.end(body)
    })
    sending.flushHeaders()
    const [response] = await once(sending, 'response')
    response.resume()
    sending.destroy()
    return { status: response.statusCode, ...seen }
  }

  it('is told so only after the check', async () => {
    const url = `${file.setting.address}/photos`
    const right = { authorization: authorization('POST', url), 'content-type': 'text/plain' }
    expect(await expecting(right, 'abc')).toEqual({ status: 200, isContinued: true })
    expect(await expecting({ 'content-type': 'text/plain' }, 'abc')).toEqual({
      status: 401,
      isContinued: false,
    })
  })
})
