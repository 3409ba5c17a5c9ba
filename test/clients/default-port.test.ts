import { createHmac } from 'node:crypto'
import { type HttpRequest, OAuth1Error, type Tolerance, verifySignature } from 'countersign'
import * as entry from 'countersign/profiles'
import { afterAll, describe, expect, it } from 'vitest'
import { arriving, sentBy } from '../../packages/countersign/test/departing-client.ts'
import { available } from '../../packages/countersign/test/services.ts'
import { temporaryDirectory } from '../../packages/provider/test/running-provider.ts'
import { openCapture } from './off-spec/capture.ts'
import { debianClients } from './off-spec/debian.ts'
import { credentials } from './off-spec/mistake.ts'
import { makeCertificate } from './services/certificate.ts'
import { drive } from './services/drive.ts'
import { keys, openService, type ProfileName } from './services/service.ts'

const profiles = { ...entry }

/** Clients that sign a default port where their user's address names it, at a service where they are used. */
const clients: readonly (readonly [client: string, profile: ProfileName, port: string])[] = [
  ['oauth-1.0a', 'x', ':443'],
  ['node-oauth-1.0a-ts', 'x', ':443'],
  ['twitter-v1-oauth', 'x', ':443'],
  ['@hapi/bell', 'x', ':443'],
  // On `request`.
  ['twitter', 'x', ':443'],
  ['jira-client', 'jira', ':443'],
  // On oauth-1.0a.
  ['nsrestlet', 'netsuite', ':443'],
  ['netsuite-rest', 'netsuite', ':443'],
  ['magento-api-rest', 'magento', ':443'],
  ['mwn', 'mediawiki', ':443'],
  ['@woocommerce/woocommerce-rest-api', 'woocommerce', ':80'],
  ['woocommerce-rest-ts-api', 'woocommerce', ':80'],
  ['woocommerce-api', 'woocommerce', ':80'],
]

if ((await available('openssl')) && (await available('service-clients'))) {
  const directory = temporaryDirectory()
  const certificate = makeCertificate(directory.path)
  afterAll(() => directory.remove())
  const response = {
    query: {
      ...{ namespaces: {}, namespacealiases: [], tokens: {} },
      ...{ general: { legaltitlechars: '' }, userinfo: { rights: [] } },
    },
  }

  describe.each(clients)('%s, whose address names the default port', (client, profile, port) => {
    const driven = async (tolerances: readonly Tolerance[]) => {
      const policy = { ...profiles[profile], tolerances }
      const service = await openService(policy, certificate, { response })
      const program = { command: process.execPath, file: 'npm.mjs', certificate: certificate.file }
      const outcome = await drive(service, program, { ...keys, client, port }).catch(() => 'failed')
      const codes = service.events.flatMap((event) => (event.type === 'refused' ? [event.code] : []))
      await service.close()
      return { outcome, codes: new Set(codes), reached: service.reached.length }
    }
    const { tolerances = [] } = profiles[profile]

    it('passes with the profile of its service', async () => {
      const { outcome, reached } = await driven(tolerances)
      expect([outcome === 'failed', reached > 0]).toEqual([false, true])
    }, 60_000)

    it('is refused for its signature without the tolerance default-port', async () => {
      const { codes, reached } = await driven(tolerances.filter((name) => name !== 'default-port'))
      expect([[...codes], reached]).toEqual([['invalid_signature'], 0])
    }, 60_000)
  })
}

const capture = await openCapture()
afterAll(() => capture.close())

async function verdict(request: HttpRequest, tolerances: readonly Tolerance[]): Promise<string> {
  const { key, secret, tokenSecret } = credentials
  try {
    await verifySignature(request, { [key]: secret }, { tolerances, tokenSecret: () => tokenSecret })
    return 'accepted'
  } catch (error) {
    if (error instanceof OAuth1Error) return error.code
    throw error
  }
}

const inOtherLanguages = (await debianClients(capture)).flatMap(({ name, trials }) =>
  trials.filter(({ causes }) => causes.join() === 'default-port-kept').map((trial) => ({ name, trial })),
)

describe.each(inOtherLanguages)('$name, whose address names the default port', ({ trial }) => {
  it('passes with the tolerance default-port, and not without', async () => {
    const { request } = await trial.send()
    expect(await verdict(request, ['default-port'])).toBe('accepted')
    expect(await verdict(request, [])).toBe('invalid_signature')
  })
})

/** Clients that are not driven here, by what they sign: computed apart from the library. */
const computed: readonly (readonly [client: string, quirks: readonly Tolerance[]])[] = [
  ['oauth of mrjones (Go)', ['default-port']],
  ['QOAuth1 of Qt 5 (C++)', ['default-port', 'raw-order']],
  ['QOAuth1 of Qt 6 (C++)', ['default-port', 'raw-order']],
  ['QOAuth (C++)', ['default-port']],
]

describe.each(computed)('what %s signs where its address names the default port', (_client, quirks) => {
  it('passes with the tolerance default-port, and not without', async () => {
    const draft = {
      ...{ method: 'GET', host: 'api.example.com', path: '/photos' },
      query: [
        ['a.b', '1'],
        ['a/b', '2'],
      ] as const,
      form: [],
      oauth: [
        ['oauth_consumer_key', credentials.key],
        ['oauth_token', credentials.token],
        ['oauth_signature_method', 'HMAC-SHA1'],
        ['oauth_timestamp', String(Math.floor(Date.now() / 1000))],
        ['oauth_nonce', 'abcdefgh'],
      ] as const,
      clientSecret: credentials.secret,
      tokenSecret: credentials.tokenSecret,
      sign: (text: string, by: string) => createHmac('sha1', by).update(text).digest('base64'),
    }
    const request = arriving(sentBy(draft, quirks))
    expect(await verdict(request, quirks)).toBe('accepted')
    const others = quirks.filter((name) => name !== 'default-port')
    expect(await verdict(request, others)).toBe('invalid_signature')
  })
})
