import { StoreError } from 'countersign'
import { describe, expect, it } from 'vitest'
import { client, credentials, errorOf, Provider, start } from './provider.ts'

const stranger = { clientId: 'stranger', clientSecret: 'strange', callbacks: [] }

describe('POST /token (§2.3)', () => {
  it('returns exactly the two fields, as a form that no cache keeps', async () => {
    const provider = new Provider()
    const { temporary, verifier } = await provider.approved()
    const response = await provider.exchange(temporary, verifier)
    expect(response.status).toBe(200)
    expect(response.headers).toEqual({
      'content-type': 'application/x-www-form-urlencoded',
      'cache-control': 'no-store',
      pragma: 'no-cache',
    })
    expect(response.body).toMatch(/^oauth_token=[\w-]{42}&oauth_token_secret=[\w-]{48}$/)
  })

  it('issues a token with which the resource can be read, of the user who approved', async () => {
    const provider = new Provider()
    const { temporary, verifier } = await provider.approved()
    const token = credentials(await provider.exchange(temporary, verifier))
    const { credential } = await provider.protector.authenticate(provider.read({ token }))
    expect(credential).toEqual({ oauthToken: token.oauthToken, clientId: 'client', userId: 7 })
  })

  it('fixes the scope at approval, whatever the client says later', async () => {
    const provider = new Provider()
    const temporary = await provider.temporary()
    const { location = '' } = (await provider.authorize(temporary.oauthToken, { id: 7 }, { scope: 'read' }))
      .headers
    const verifier = new URL(location).searchParams.get('oauth_verifier') ?? ''
    const response = await provider.exchange(temporary, verifier, {
      url: 'https://photos.example.net/token?scope=write',
    })
    const token = credentials(response)
    const { credential } = await provider.protector.authenticate(provider.read({ token }), 'read')
    expect(credential?.scope).toBe('read')
    await expect(provider.protector.authenticate(provider.read({ token }), 'write')).rejects.toMatchObject({
      code: 'insufficient_scope',
      status: 403,
    })
  })

  it('works once', async () => {
    const provider = new Provider()
    const { temporary, verifier } = await provider.approved()
    expect((await provider.exchange(temporary, verifier)).status).toBe(200)
    expect((await provider.exchange(temporary, verifier)).status).toBe(401)
  })

  it('does not work before approval', async () => {
    const provider = new Provider()
    expect((await provider.exchange(await provider.temporary(), 'guess')).status).toBe(401)
  })

  it('does not work after the end of life', async () => {
    const provider = new Provider()
    const { temporary, verifier } = await provider.approved()
    provider.now = start + 600
    expect((await provider.exchange(temporary, verifier)).status).toBe(401)
  })

  it.each([
    ['a missing verifier', undefined, 400],
    ['an empty verifier', '', 400],
    ['a wrong verifier', 'wrong', 401],
    ['a verifier that only begins alike', 'prefix', 401],
  ])('refuses %s', async (_name, given, status) => {
    const provider = new Provider()
    const { temporary, verifier } = await provider.approved()
    const sent = given === 'prefix' ? verifier.slice(0, -1) : given
    expect((await provider.exchange(temporary, sent)).status).toBe(status)
  })

  it('refuses a request without a token: 400', async () => {
    const response = await new Provider().exchange({ oauthToken: '', oauthTokenSecret: '' }, 'v')
    expect([response.status, errorOf(response)]).toEqual([400, 'missing_required_parameter'])
  })

  it("refuses another client's credential, even with its secret and verifier (§2.3)", async () => {
    const provider = new Provider({ clients: [client, stranger] })
    const { temporary, verifier } = await provider.approved()
    const theft = await provider.exchange(temporary, verifier, { client: stranger })
    expect([theft.status, errorOf(theft)]).toEqual([401, 'invalid_signature'])
    expect((await provider.exchange(temporary, verifier)).status).toBe(200)
  })

  it('issues nothing when the store says that somebody else has spent the credential', async () => {
    const created: string[] = []
    const provider = new Provider({
      hooks: () => ({
        consumeTemporaryCredential: () => false,
        createTokenCredential: (credential) => {
          created.push(credential.oauthToken)
          return credential
        },
      }),
    })
    const { temporary, verifier } = await provider.approved()
    const refused = await provider.exchange(temporary, verifier)
    expect([refused.status, errorOf(refused)]).toEqual([401, 'invalid_token'])
    for (const oauthToken of created) expect(refused.body).not.toContain(oauthToken)
  })

  it.each(['createTokenCredential', 'consumeTemporaryCredential'] as const)(
    'loses nothing when the process ends while %s runs: the client asks again',
    async (last) => {
      let dies = true
      const provider = new Provider({
        hooks: (hooks) => ({
          // Neither this nor anything after it happens.
          [last]: (...args: never[]) => {
            if (dies) throw new Error('The process was killed.')
            return (hooks[last] as (...args: never[]) => unknown)(...args)
          },
        }),
      })
      const { temporary, verifier } = await provider.approved()
      await expect(provider.exchange(temporary, verifier)).rejects.toThrow(StoreError)
      dies = false
      expect((await provider.exchange(temporary, verifier)).status).toBe(200)
      expect((await provider.exchange(temporary, verifier)).status).toBe(401)
    },
  )
})

describe('a failed /token does not spend the credential', () => {
  it.each<
    [string, (provider: Provider, pair: { oauthToken: string; oauthTokenSecret: string }) => Promise<unknown>]
  >([
    ['a wrong verifier', (provider, pair) => provider.exchange(pair, 'wrong')],
    ['a bad signature', (provider, pair) => provider.exchange({ ...pair, oauthTokenSecret: 'x' }, 'v')],
    ['an unknown client', (provider, pair) => provider.exchange(pair, 'v', { client: stranger })],
    [
      'an old timestamp',
      (provider, pair) => provider.exchange(pair, 'v', { oauth: { oauth_timestamp: '1' } }),
    ],
    ['a verb that is not allowed', (provider, pair) => provider.exchange(pair, 'v', { method: 'GET' })],
  ])('%s', async (_name, fail) => {
    const provider = new Provider()
    const { temporary, verifier } = await provider.approved()
    expect(await fail(provider, temporary)).not.toHaveProperty('status', 200)
    expect((await provider.exchange(temporary, verifier)).status).toBe(200)
  })
})

describe('a verifier that a person types', () => {
  async function typed(write: (code: string) => string, callback = 'oob'): Promise<number> {
    const provider = new Provider()
    const temporary = await provider.temporary({ oauth_callback: callback })
    await provider.authorize(temporary.oauthToken, { id: 7 })
    const { oauthVerifier } = (await provider.hooks.getTemporaryCredential(temporary.oauthToken)) ?? {}
    return (await provider.exchange(temporary, write(oauthVerifier ?? ''))).status
  }

  it.each<[string, (code: string) => string]>([
    ['as it is', (code) => code],
    ['in lower case', (code) => code.toLowerCase()],
    ['with the dash of the page', (code) => `${code.slice(0, 5)}-${code.slice(5)}`],
    ['with another dash, as word processors make', (code) => `${code.slice(0, 5)}\u2013${code.slice(5)}`],
    ['with spaces around and within', (code) => ` ${code.slice(0, 3)} ${code.slice(3)}\u00a0\n`],
  ])('is taken %s', async (_name, write) => {
    expect(await typed(write)).toBe(200)
  })

  it.each<[string, (code: string) => string]>([
    ['another code', (code) => (code.startsWith('A') ? 'B' : 'A') + code.slice(1)],
    ['half a code', (code) => code.slice(0, 5)],
    ['dashes alone', () => '--'],
    ['a dot in it', (code) => `${code.slice(0, 5)}.${code.slice(5)}`],
  ])('is not %s', async (_name, write) => {
    expect(await typed(write)).toBe(401)
  })

  it('is none where the redirect carried it: there it must be exact', async () => {
    const callback = 'https://printer.example.com/ready'
    expect(await typed((verifier) => verifier, callback)).toBe(200)
    expect(await typed((verifier) => ` ${verifier}`, callback)).toBe(401)
    expect(await typed((verifier) => swapCase(verifier), callback)).toBe(401)
  })
})

function swapCase(text: string): string {
  return [...text]
    .map((sign) => (sign === sign.toUpperCase() ? sign.toLowerCase() : sign.toUpperCase()))
    .join('')
}
