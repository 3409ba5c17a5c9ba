import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authorizationHeader, baseString, headerPairs, hmacSha1, type WireRequest } from './base-string.ts'
import { sendRaw } from './raw-request.ts'
import {
  client,
  openSetting,
  type RecordingUpstream,
  recordingUpstream,
  type Seen,
  type Setting,
} from './setting.ts'
import { alterations, altered, type Draft, drafts } from './wire-requests.ts'

let upstream: RecordingUpstream
let setting: Setting
beforeAll(async () => {
  upstream = await recordingUpstream()
  setting = await openSetting(upstream.address, { gateway: { keepAuthorization: true } })
})
afterAll(async () => {
  await setting?.close()
  await upstream?.close()
})

let count = 0

/** The header of a request that a client signs. A body that is no form, or is none, has a hash. */
function authorization(request: WireRequest): string {
  const isForm = /urlencoded(?:;|$)/i.test(request.contentType ?? '')
  const bodyHash = createHash('sha1').update(request.body, 'latin1').digest('base64')
  const oauth: (readonly [string, string])[] = [
    ['oauth_consumer_key', client.key],
    ['oauth_token', setting.token.key],
    ['oauth_signature_method', 'HMAC-SHA1'],
    ['oauth_timestamp', String(Math.floor(Date.now() / 1000))],
    ['oauth_nonce', `nonce${count++}`],
    ...(isForm ? [] : [['oauth_body_hash', bodyHash] as const]),
  ]
  const base = baseString(request, setting.address, oauth)
  return authorizationHeader([...oauth, ['oauth_signature', sign(base)]])
}

function sign(base: string): string {
  return hmacSha1(base, client.secret, setting.token.secret)
}

/** Sends it as it is, to the octet, and returns the status and what the API saw of it to its end. */
async function send({ method, target, contentType, body, headers, isChunked }: Draft, header: string) {
  const octets = isChunked ? `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n` : body
  const framing = isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${body.length}`
  const lines = [
    ...[`${method} ${target} HTTP/1.1`, `Host: ${new URL(setting.address).host}`, 'Connection: close'],
    ...[`Authorization: ${header}`, ...headers],
    ...(contentType === undefined ? [] : [`Content-Type: ${contentType}`]),
    ...(body === '' ? [] : [framing]),
  ]
  const before = upstream.seen.length
  const raw = `${lines.join('\r\n')}\r\n\r\n${body === '' ? '' : octets}`
  const response = await sendRaw(setting.address, Buffer.from(raw, 'latin1'))
  const seen = upstream.seen.slice(before).filter(({ isComplete }) => isComplete)
  return { status: /^HTTP\/1\.1 (\d+)/.exec(response)?.[1], seen }
}

/** What was signed, from the header alone, and what the API would say that was signed. */
function comparedAtUpstream({ method, url, headers, body }: Seen) {
  const pairs = headerPairs(headers['authorization'] ?? '')
  const oauth = pairs.filter(([name]) => name !== 'oauth_signature')
  const contentType = headers['content-type']
  return {
    sent: new Map(pairs).get('oauth_signature'),
    computed: sign(baseString({ method, target: url, contentType, body }, setting.address, oauth)),
    hash: new Map(pairs).get('oauth_body_hash'),
    computedHash: createHash('sha1').update(body, 'latin1').digest('base64'),
  }
}

function expectSeenAsSigned(seen: readonly Seen[]): void {
  for (const request of seen) {
    const { sent, computed, hash, computedHash } = comparedAtUpstream(request)
    expect(sent).toBe(computed)
    if (hash !== undefined) expect(hash).toBe(computedHash)
    expect(request.headers['x-oauth-user']).toBe(String(setting.userId))
    expect(
      Object.keys(request.headers).filter((name) => /user/.test(name.replace('user-agent', ''))),
    ).toHaveLength(1)
  }
}

describe('an API behind a gateway', () => {
  it('sees exactly what was signed of everything that reaches it, and all that is proper reaches it', async () => {
    let passed = 0
    await fc.assert(
      fc.asyncProperty(drafts, async (draft) => {
        const { status, seen } = await send(draft, authorization(draft))
        expect(seen.length).toBe(status === '200' ? 1 : 0)
        if (draft.isProper) expect(status).toBe('200')
        else expect(status).toMatch(/^(?:200|4\d\d)$/)
        for (const { method, url, body } of seen)
          expect({ method, target: url, body }).toEqual({
            method: draft.method,
            target: draft.target,
            body: draft.body,
          })
        expectSeenAsSigned(seen)
        passed += seen.length
      }),
      { numRuns: 300 },
    )
    expect(passed).toBeGreaterThan(150)
  })

  it('never sees a request of which one octet, the verb or the type was altered after it was signed', async () => {
    const isForm = ({ contentType = '' }: WireRequest) => /urlencoded(?:;|$)/i.test(contentType)
    let refused = 0
    await fc.assert(
      fc.asyncProperty(drafts, alterations, async (draft, alteration) => {
        const header = authorization(draft)
        const changed = altered(draft, alteration)
        const oauth = headerPairs(header).filter(([name]) => name !== 'oauth_signature')
        const bases = [draft, changed].map((each) => baseString(each, setting.address, oauth))
        const isSameBody = isForm(changed) || changed.body === draft.body
        // Another spelling of the same, such as %7E for ~, or an order: the signature is right for it too.
        fc.pre(bases[0] !== bases[1] || !isSameBody)
        const { status, seen } = await send(changed, header)
        expect({ status, seen }).toEqual({ status: expect.stringMatching(/^4\d\d$/), seen: [] })
        refused++
      }),
      { numRuns: 300 },
    )
    expect(refused).toBeGreaterThanOrEqual(300)
    expectSeenAsSigned(upstream.seen.filter(({ isComplete }) => isComplete))
  })
})
