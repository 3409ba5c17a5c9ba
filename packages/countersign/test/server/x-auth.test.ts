import type { Client, ClientPolicy, PasswordCredentials } from 'countersign'
import { describe, expect, it } from 'vitest'
import type { Unsigned } from '../../../../test/support/signer.ts'
import { api, client, credentials, errorOf, Provider } from './provider.ts'

const asked = [
  ['x_auth_mode', 'client_auth'],
  ['x_auth_username', 'ann'],
  ['x_auth_password', 'p&ss w/rd'],
] as const

function providerWith(policy: ClientPolicy = { xAuth: true }) {
  const tries: PasswordCredentials[] = []
  const checkPassword = (given: PasswordCredentials<Client>) => {
    tries.push(given)
    return given.password === 'p&ss w/rd' ? { id: 7 } : undefined
  }
  const provider = new Provider({ clients: [{ ...client, policy }], server: { checkPassword } })
  const post = (rest: Partial<Unsigned> = {}) =>
    provider.server.token.handle(provider.sign({ method: 'POST', url: `${api}/token`, form: asked, ...rest }))
  return { provider, tries, post }
}

describe('xAuth', () => {
  it('exchanges a name and a password for a token of that user', async () => {
    const { provider, post, tries } = providerWith()
    const token = credentials(await post())
    const { credential } = await provider.protector.authenticate(provider.read({ token }))
    expect(credential?.userId).toBe(7)
    expect(tries).toMatchObject([{ username: 'ann', password: 'p&ss w/rd', client: { clientId: 'client' } }])
    expect(JSON.stringify(tries)).not.toContain('"secret"')
  })

  it.each([
    ['issue', [true, true], false],
    ['replace', [false, true], false],
    ['reuse', [true, true], true],
  ] as const)('done twice keeps to repeatedApproval: %s', async (repeatedApproval, alive, isSame) => {
    const { provider, post } = providerWith({ xAuth: true, repeatedApproval })
    await provider.hooks.revokeToken('client', 'token')
    const [first, second] = [credentials(await post()), credentials(await post())]
    const found = [first, second].map(({ oauthToken }) => provider.hooks.queryToken('client', oauthToken))
    expect((await Promise.all(found)).map(Boolean)).toEqual(alive)
    expect(first.oauthToken === second.oauthToken).toBe(isSame)
  })

  it.each<[what: string, policy: ClientPolicy, rest: Partial<Unsigned>, error: string]>([
    ['a client whose policy does not name it', {}, {}, 'unsupported_parameter'],
    ['a wrong signature', { xAuth: true }, { oauth: { oauth_signature: 'AAAA' } }, 'invalid_signature'],
    ['another mode', { xAuth: true }, { form: [['x_auth_mode', 'x'], ...asked.slice(1)] }, 'invalid_request'],
    [
      'no name',
      { xAuth: true },
      { form: asked.filter(([name]) => name !== 'x_auth_username') },
      'missing_required_parameter',
    ],
    [
      'two passwords',
      { xAuth: true },
      { form: [...asked, ['x_auth_password', 'x']] },
      'missing_required_parameter',
    ],
    [
      'a password in the address',
      { xAuth: true },
      {
        form: [],
        url: `${api}/token?x_auth_mode=client_auth&x_auth_username=ann&x_auth_password=p%26ss%20w%2Frd`,
      },
      'invalid_request',
    ],
    [
      'a password in the address, its name escaped',
      { xAuth: true },
      { form: asked.slice(0, 2), url: `${api}/token?%78_auth_password=p%26ss%20w%2Frd` },
      'invalid_request',
    ],
    ['plain HTTP', { xAuth: true }, { url: 'http://photos.example.net/token' }, 'insecure_transport'],
  ])('is refused to %s, before any password is tried', async (_what, policy, rest, error) => {
    const { post, tries } = providerWith(policy)
    expect(errorOf(await post(rest))).toBe(error)
    expect(tries).toEqual([])
  })

  it('with a wrong password is a 403', async () => {
    const { post } = providerWith()
    const form = [...asked.slice(0, 2), ['x_auth_password', 'wrong']] as const
    const response = await post({ form })
    expect([response.status, errorOf(response)]).toEqual([403, 'access_denied'])
  })

  it('tries a password once for each signed request', async () => {
    const { provider, tries } = providerWith()
    const http = provider.sign({ method: 'POST', url: `${api}/token`, form: asked })
    await provider.server.token.handle(http)
    expect(errorOf(await provider.server.token.handle(http))).toBe('invalid_nonce')
    expect(tries.length).toBe(1)
  })

  it.each<[what: string, returned: unknown]>([
    ['undefined', undefined],
    ['null, as from a query that found no row', null],
  ])('is a 403 where checkPassword returns %s', async (_what, returned) => {
    const server = { checkPassword: () => returned as undefined, xAuth: true }
    const provider = new Provider({ server })
    const http = provider.sign({ method: 'POST', url: `${api}/token`, form: asked })
    expect((await provider.server.token.handle(http)).status).toBe(403)
  })

  it.each<[what: string, returned: unknown]>([
    ['true', true],
    ['false', false],
    ['a user without an id', { name: 'ann' }],
    ['a user with an empty id', { id: '' }],
  ])('issues nothing where checkPassword returns %s', async (_what, returned) => {
    const issued: unknown[] = []
    const server = { checkPassword: () => returned as undefined, xAuth: true, on: issued.push.bind(issued) }
    const provider = new Provider({ server })
    const http = provider.sign({ method: 'POST', url: `${api}/token`, form: asked })
    await expect(provider.server.token.handle(http)).rejects.toThrow(
      'The user that checkPassword returns must be an object with an id',
    )
    expect(issued).toEqual([])
  })

  it('is unknown to a server without checkPassword', async () => {
    const provider = new Provider({ server: { xAuth: true } })
    const http = provider.sign({ method: 'POST', url: `${api}/token`, form: asked })
    expect(errorOf(await provider.server.token.handle(http))).toBe('missing_required_parameter')
  })
})
