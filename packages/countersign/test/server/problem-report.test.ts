import { type HttpResponse, OAuth1Error, UndecidableError } from 'countersign'
import { problemReport } from 'countersign/protocol'
import { describe, expect, it } from 'vitest'
import type { Unsigned } from '../../../../test/support/signer.ts'
import { api, Provider, start, token } from './provider.ts'

const reporting = { server: { problemReporting: true }, protector: { problemReporting: true } }

/** The pairs of a challenge, decoded. */
function challenge(response: HttpResponse): Record<string, string> {
  const text = response.headers['www-authenticate'] ?? ''
  const pairs = [...text.matchAll(/(\w+)="([^"]*)"/g)]
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, decodeURIComponent(value)]))
}

async function refusal(provider: Provider, rest: Partial<Unsigned>, accept?: string): Promise<HttpResponse> {
  try {
    await provider.protector.authenticate(provider.read(rest))
  } catch (error) {
    if (error instanceof OAuth1Error) return provider.protector.errorResponse(error, accept)
    throw error
  }
  throw new Error('It was accepted.')
}

describe('a protected request that is refused says so in the words of Problem Reporting', () => {
  it('and offers no timestamps where no policy was asked for its window', async () => {
    const rest = { oauth: { oauth_timestamp: String(start * 1_000) } }
    const report = challenge(await refusal(new Provider(reporting), rest))
    expect(report['oauth_problem']).toBe('timestamp_refused')
    expect(report['oauth_acceptable_timestamps']).toBeUndefined()
  })

  it.each<[what: string, rest: Partial<Unsigned>, report: Record<string, string>]>([
    ['a wrong signature', { oauth: { oauth_signature: 'AAAA' } }, { oauth_problem: 'signature_invalid' }],
    [
      'a method that is not accepted',
      { oauth: { oauth_signature_method: 'HMAC-SHA512' } },
      { oauth_problem: 'signature_method_rejected' },
    ],
    [
      'no nonce',
      { oauth: { oauth_nonce: undefined } },
      { oauth_problem: 'parameter_absent', oauth_parameters_absent: 'oauth_nonce' },
    ],
    [
      'an old timestamp',
      { oauth: { oauth_timestamp: String(start - 301) } },
      { oauth_problem: 'timestamp_refused', oauth_acceptable_timestamps: `${start - 300}-${start + 300}` },
    ],
    [
      'a timestamp in words',
      { oauth: { oauth_timestamp: 'a & b' } },
      { oauth_problem: 'parameter_rejected', oauth_parameters_rejected: 'oauth_timestamp=a%20%26%20b' },
    ],
    [
      'another version',
      { oauth: { oauth_version: '2.0' } },
      { oauth_problem: 'version_rejected', oauth_acceptable_versions: '1.0-1.0' },
    ],
  ])('%s', async (_what, rest, report) => {
    const response = await refusal(new Provider(reporting), rest)
    expect(challenge(response)).toMatchObject(report)
    const { oauth_problem_advice: advice, ...inBody } = JSON.parse(response.body)
    expect(inBody).toMatchObject(report)
    expect(advice).toBe(inBody.error_description)
    expect(challenge(response)['oauth_problem_advice']).toBe(advice)
  })

  it('as a form where Accept asks for one', async () => {
    const accept = 'application/x-www-form-urlencoded'
    const response = await refusal(new Provider(reporting), { oauth: { oauth_signature: 'AAAA' } }, accept)
    const fields = new URLSearchParams(response.body)
    expect(fields.get('oauth_problem')).toBe('signature_invalid')
    expect(fields.get('error')).toBe('invalid_signature')
  })

  it('and not unless it is asked for', async () => {
    const response = await refusal(new Provider(), { oauth: { oauth_signature: 'AAAA' } })
    expect(response.headers['www-authenticate']).toBe('OAuth realm="OAuth"')
    expect(response.body).not.toContain('oauth_')
  })

  it('a nonce that was used', async () => {
    const provider = new Provider(reporting)
    const oauth = { oauth_nonce: 'n' }
    await provider.protector.authenticate(provider.read({ oauth }))
    expect(challenge(await refusal(provider, { oauth }))['oauth_problem']).toBe('nonce_used')
  })
})

describe('a token endpoint that refuses says so', () => {
  it('in a form, and as JSON where Accept asks for it', async () => {
    const provider = new Provider(reporting)
    for (const [accept, parse] of [
      ['*/*', (body: string) => Object.fromEntries(new URLSearchParams(body))],
      ['application/json', JSON.parse],
    ] as const) {
      const response = await provider.initiate({ oauth_callback: undefined }, { headers: { accept } })
      const report = { oauth_problem: 'parameter_absent', oauth_parameters_absent: 'oauth_callback' }
      expect(parse(response.body)).toMatchObject({ error: 'missing_required_parameter', ...report })
      expect(challenge(response)).toMatchObject(report)
    }
  })

  it('names all that is absent where nothing arrived', async () => {
    const provider = new Provider(reporting)
    const http = { method: 'POST', url: `${api}/initiate`, headers: {} }
    const response = await provider.server.createTemporaryCredentialResponse(http)
    expect(challenge(response)['oauth_parameters_absent']).toBe(
      'oauth_consumer_key&oauth_signature_method&oauth_signature&oauth_timestamp&oauth_nonce',
    )
  })

  it('a temporary credential that no user has approved yet', async () => {
    const provider = new Provider(reporting)
    const response = await provider.exchange(await provider.temporary(), 'early')
    expect(challenge(response)['oauth_problem']).toBe('permission_unknown')
  })
})

it.each([
  ['expired', 'token_expired'],
  ['decided', 'token_used'],
  ['unknown', 'token_rejected'],
] as const)('a temporary credential that is %s is reported as %s', (reason, name) => {
  expect(problemReport(new UndecidableError(reason))['oauth_problem']).toBe(name)
})

it('what the extension has no word for has no oauth_problem', () => {
  const { oauth_problem, ...report } = problemReport(new OAuth1Error('request_too_large', 'Too large.'))
  expect(oauth_problem).toBeUndefined()
  expect(report).toEqual({ oauth_problem_advice: 'Too large.' })
})

it('what a client sent can break neither the header nor the body', async () => {
  const hostile = '"\r\nset-cookie: a=1; \u0000\ud800ü'
  const error = new OAuth1Error('invalid_request', hostile, {
    problem: { rejected: { [hostile]: hostile.repeat(100) } },
  })
  const response = new Provider(reporting).protector.errorResponse(error, 'application/x-www-form-urlencoded')
  expect(response.headers['www-authenticate']).toMatch(/^[\x20-\x7e]{1,6000}$/)
  expect(response.body).toMatch(/^[\w.~%&=-]+$/)
})

it('no report holds a secret', async () => {
  const provider = new Provider(reporting)
  const secrets = ['secret', token.oauthTokenSecret]
  for (const oauth of [{ oauth_signature: 'AAAA' }, { oauth_timestamp: 'x' }, { oauth_nonce: '' }]) {
    const { body, headers } = await refusal(provider, { oauth })
    for (const secret of secrets) expect(body + JSON.stringify(headers)).not.toContain(secret)
  }
})
