import { afterAll, describe, expect, it } from 'vitest'
import { available, programs } from '../../packages/countersign/test/services.ts'
import { temporaryDirectory } from '../../packages/provider/test/running-provider.ts'
import { makeCertificate } from './services/certificate.ts'
import { drive } from './services/drive.ts'
import { type Driven, driven } from './services/driven.ts'
import { keys, openService } from './services/service.ts'

const needs = {
  'npm.mjs': ['openssl', 'service-clients'],
  'debian.py': ['openssl', 'python-service-clients'],
  'debian.rb': ['openssl', 'ruby-oauth'],
} as const
const commands = { 'npm.mjs': process.execPath, 'debian.py': programs.python, 'debian.rb': programs.ruby }

/** The responses that the clients need, where `{}` is not enough. */
const responses: Readonly<Partial<Record<string, object | string>>> = {
  'tumblr.js': { meta: { status: 200, msg: 'OK' }, response: {} },
  mwn: {
    query: {
      namespaces: {},
      namespacealiases: [],
      general: { legaltitlechars: '' },
      tokens: {},
      userinfo: { rights: [] },
    },
  },
  'e-trade-api': {
    AccountListResponse: { Accounts: { Account: [] } },
    QuoteResponse: { QuoteData: [{}] },
    CancelOrderResponse: {},
  },
  'python3-discogs-client': { username: 'demo', resource_url: '', id: 1, items: [] },
  jira: { id: '1', key: 'KEY-1', fields: {} },
  tweepy: { data: { id: '1', text: '' } },
  'ims-lti': `<imsx_POXEnvelopeResponse><imsx_POXHeader><imsx_POXResponseHeaderInfo><imsx_statusInfo>
    <imsx_codeMajor>success</imsx_codeMajor></imsx_statusInfo></imsx_POXResponseHeaderInfo></imsx_POXHeader>
    <imsx_POXBody><readResultResponse><result><resultScore><textString>0.92</textString></resultScore></result>
    </readResultResponse></imsx_POXBody></imsx_POXEnvelopeResponse>`,
}
/** Two clients do not encode the secret that they sign with; MAAS has none. */
const secrets: Readonly<Partial<Record<string, string>>> = {
  'ims-lti': 'secret',
  '@lionralfs/discogs-client': 'secret',
  'requests-oauthlib': '',
  oauth: '',
}

const directory = temporaryDirectory()
afterAll(() => directory.remove())

const present: Driven[] = []
for (const each of driven) {
  const there = await Promise.all(needs[each.program].map((name) => available(name)))
  if (there.every(Boolean)) present.push(each)
}
const certificate = present.length > 0 ? makeCertificate(directory.path) : undefined

describe.each(present)('$client at a provider with the profile $profile', (each) => {
  it('does what it is for', async () => {
    if (certificate === undefined) throw new Error('There is no certificate.')
    const secret = secrets[each.client] ?? keys.secret
    const service = await openService(each.profile, certificate, { response: responses[each.client], secret })
    try {
      const program = { command: commands[each.program], file: each.program, certificate: certificate.file }
      const said = await drive(service, program, { ...keys, secret, client: each.client })
      expect(service.reached).toEqual(each.reached)
      expect(service.events.filter(({ type }) => type === 'refused')).toHaveLength(each.refused ?? 0)
      // What the table of profiles in README.md says; elsewhere another version may be installed.
      if (each.version !== undefined && process.env['COUNTERSIGN_REQUIRE_SERVICES'] === '1')
        expect(said.at(-1)).toEqual({ version: each.version })
    } finally {
      await service.close()
    }
  }, 60_000)
})
