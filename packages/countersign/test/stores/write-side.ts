import {
  type Client,
  ConfigurationError,
  type Hooks,
  type HttpRequest,
  type OAuth1Event,
  ResourceProtector,
  type TokenCredential,
} from 'countersign'
import { formatAuthorizationHeader } from 'countersign/protocol'
import { describe, expect, it } from 'vitest'
import { combinedOf } from '../../src/server/hooks.ts'
import { fresh, lookalikes, temporary } from './behaviour.ts'

const issued = (values: Partial<TokenCredential> = {}): TokenCredential => ({
  clientId: 'client',
  oauthToken: fresh('Token'),
  oauthTokenSecret: 'secret',
  userId: 7,
  ...values,
})

type TokenHooks = Pick<Hooks, 'createTokenCredential' | 'queryToken' | 'revokeToken'>

export function revocations(hooks: TokenHooks): void {
  describe('a revoked token', () => {
    it('is gone, and can be revoked once', async () => {
      const token = issued()
      const { clientId, oauthToken } = token
      await hooks.createTokenCredential(token)
      expect(await hooks.queryToken(clientId, oauthToken)).toBeDefined()
      expect(await hooks.revokeToken(clientId, oauthToken)).toBe(true)
      expect(await hooks.queryToken(clientId, oauthToken)).toBeUndefined()
      expect(await hooks.revokeToken(clientId, oauthToken)).toBe(false)
    })

    it('is named exactly, together with its client: others stay', async () => {
      const token = issued({ clientId: fresh('Client') })
      const { clientId, oauthToken } = token
      const others = [issued({ clientId }), issued()]
      for (const each of [token, ...others]) await hooks.createTokenCredential(each)
      for (const other of lookalikes(oauthToken)) expect(await hooks.revokeToken(clientId, other)).toBe(false)
      for (const other of lookalikes(clientId)) expect(await hooks.revokeToken(other, oauthToken)).toBe(false)
      expect(await hooks.queryToken(clientId, oauthToken)).toMatchObject(token)
      expect(await hooks.revokeToken(clientId, oauthToken)).toBe(true)
      for (const other of others)
        expect(await hooks.queryToken(other.clientId, other.oauthToken)).toMatchObject(other)
    })
  })
}

export function lists(hooks: TokenHooks & Required<Pick<Hooks, 'listTokens'>>): void {
  describe('listed tokens', () => {
    const clients = [fresh('Lister'), fresh('Lister')] as const
    const users = [7000 + process.pid, 17_000_000 + process.pid] as const
    const tokens = [
      issued({ clientId: clients[0], userId: users[0] }),
      issued({ clientId: clients[0], userId: users[1], scope: 'a b' }),
      issued({ clientId: clients[1], userId: users[0] }),
      issued({ clientId: clients[1], userId: null }),
    ]
    const listed = async (filter: Parameters<typeof hooks.listTokens>[0]) => {
      const found = await hooks.listTokens(filter)
      return tokens.filter(({ oauthToken }) => found.some((token) => token.oauthToken === oauthToken))
    }

    it('can be listed for a client, a user, both, or everyone', async () => {
      for (const token of tokens) await hooks.createTokenCredential(token)
      const [first, second, third, fourth] = tokens
      expect(await listed({ clientId: clients[0] })).toEqual([first, second])
      expect(await listed({ userId: users[0] })).toEqual([first, third])
      expect(await listed({ clientId: clients[1], userId: users[0] })).toEqual([third])
      expect(await listed({ clientId: clients[0], userId: users[1] })).toEqual([second])
      expect(await listed({})).toEqual([first, second, third, fourth])
      expect(await hooks.listTokens({ clientId: clients[0] })).toHaveLength(2)
    })

    it('are what the query for one returns', async () => {
      const [token] = await hooks.listTokens({ clientId: clients[0], userId: users[1] })
      expect(token).toMatchObject(tokens[1] as TokenCredential)
      expect(token).toEqual(await hooks.queryToken(clients[0], token?.oauthToken ?? ''))
    })

    it('are found by exactly their client and user', async () => {
      for (const clientId of lookalikes(clients[0])) expect(await hooks.listTokens({ clientId })).toEqual([])
      expect(await hooks.listTokens({ userId: users[0] + 1 })).toEqual([])
      // The value that JavaScript may pass where no user is signed in is not a wildcard.
      expect(await hooks.listTokens({ userId: null as never })).toEqual([])
      expect(await hooks.listTokens({ clientId: null as never })).toEqual([])
    })

    it('no longer include a revoked one', async () => {
      await hooks.revokeToken(clients[0], tokens[0]?.oauthToken ?? '')
      expect(await listed({ clientId: clients[0] })).toEqual([tokens[1]])
    })
  })
}

type ExchangeHooks = Required<
  Pick<
    Hooks,
    | 'createTemporaryCredential'
    | 'getTemporaryCredential'
    | 'createAuthorizationVerifier'
    | 'createTokenCredential'
    | 'queryToken'
    | 'exchangeTemporaryCredential'
  >
>

export function exchanges(hooks: ExchangeHooks): void {
  describe('a temporary credential that is exchanged', () => {
    const approved = async (values = {}) => {
      const credential = temporary(values)
      await hooks.createTemporaryCredential(credential)
      await hooks.createAuthorizationVerifier(credential.oauthToken, { userId: 7, oauthVerifier: 'v' })
      return credential.oauthToken
    }

    it('is spent, and the token is there as the query for it returns it', async () => {
      const oauthToken = await approved()
      const token = issued({ scope: 'a b' })
      const created = await hooks.exchangeTemporaryCredential(oauthToken, token)
      expect(created).toMatchObject(token)
      expect(created).toEqual(await hooks.queryToken(token.clientId, token.oauthToken))
      expect(await hooks.getTemporaryCredential(oauthToken)).toBeUndefined()
    })

    it.each(['consumeTemporaryCredential', 'createTokenCredential'] as const)(
      'is left to a %s of the application, where there is one',
      (name) => {
        const { exchangeTemporaryCredential } = hooks
        expect(combinedOf(hooks, exchangeTemporaryCredential)).toBe(exchangeTemporaryCredential)
        const replaced = { ...hooks, [name]: () => true }
        expect(combinedOf(replaced, exchangeTemporaryCredential)).toBeUndefined()
      },
    )

    it('gives one token only', async () => {
      const oauthToken = await approved()
      await hooks.exchangeTemporaryCredential(oauthToken, issued())
      const second = issued()
      expect(await hooks.exchangeTemporaryCredential(oauthToken, second)).toBeUndefined()
      expect(await hooks.queryToken(second.clientId, second.oauthToken)).toBeUndefined()
    })

    it('is named exactly, and gives nothing when it has expired', async () => {
      const oauthToken = await approved({ oauthToken: fresh('Exchange') })
      const dead = temporary({ expiresAt: Math.floor(Date.now() / 1000) - 10 })
      await hooks.createTemporaryCredential(dead)
      for (const other of [...lookalikes(oauthToken), dead.oauthToken]) {
        const token = issued()
        // A cache keeps an entry for a time to live of at least a second.
        if (other === dead.oauthToken && (await hooks.getTemporaryCredential(other))) continue
        expect(await hooks.exchangeTemporaryCredential(other, token)).toBeUndefined()
        expect(await hooks.queryToken(token.clientId, token.oauthToken)).toBeUndefined()
      }
      expect(await hooks.getTemporaryCredential(oauthToken)).toMatchObject({ oauthVerifier: 'v' })
    })

    it('stays approved when the token cannot be stored, and can be exchanged then', async () => {
      const oauthToken = await approved()
      const taken = issued({ oauthTokenSecret: 'do-not-log-me' })
      await hooks.createTokenCredential(taken)
      const exchange = async () => hooks.exchangeTemporaryCredential(oauthToken, taken)
      const error = await exchange().catch((error: unknown) => error)
      expect(error).toBeInstanceOf(Error)
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('do-not-log-me')
      expect(await hooks.getTemporaryCredential(oauthToken)).toMatchObject({ userId: 7, oauthVerifier: 'v' })
      const token = issued()
      expect(await hooks.exchangeTemporaryCredential(oauthToken, token)).toMatchObject(token)
    })
  })
}

export function policies(
  hooks: Pick<Hooks, 'queryClient'>,
  addClient: (client: Client) => Promise<void>,
): void {
  describe("a client's policy", () => {
    const policy = {
      profile: 'partner',
      supportedSignatureMethods: ['RSA-SHA1', 'HMAC-SHA256'],
      timestampWindowSeconds: 60,
      places: ['header'],
      twoLegged: true,
    } as const

    it('comes back as it was registered', async () => {
      const clientId = fresh('policy')
      await addClient({ clientId, clientSecret: 's', callbacks: [], policy })
      expect((await hooks.queryClient(clientId))?.policy).toEqual(policy)
    })

    it('is absent where none was registered', async () => {
      const clientId = fresh('policy')
      await addClient({ clientId, clientSecret: 's', callbacks: [] })
      expect((await hooks.queryClient(clientId))?.policy ?? undefined).toBeUndefined()
    })
  })
}

/** @param addClient - Writes the policy into a column, which holds whatever somebody put there. */
export function wrongPolicies(
  { queryClient }: Pick<Hooks, 'queryClient'>,
  addClient: (client: Client) => Promise<void>,
): void {
  it.each(['strict', 5, true, ['header'], { twoLegged: 'no' }])(
    'a policy column that holds %j refuses its client, and takes nothing else down',
    async (wrong) => {
      const clientId = fresh('policy')
      await addClient({ clientId, clientSecret: 's', callbacks: [], policy: wrong as never })
      expect(await queryClient(clientId)).toMatchObject({ clientId, clientSecret: 's' })
      const hooks = { queryClient, queryToken: () => undefined, recordNonce: () => true }
      const faults: OAuth1Event[] = []
      const on = (event: OAuth1Event) => event.type === 'fault' && faults.push(event)
      const protector = new ResourceProtector({ hooks, twoLegged: true, on })
      await expect(protector.authenticate(unsignedGet(clientId))).rejects.toMatchObject({
        code: 'invalid_signature',
      })
      expect(faults).toMatchObject([{ clientId, error: expect.any(ConfigurationError) }])
    },
  )
}

function unsignedGet(clientId: string): HttpRequest {
  const authorization = formatAuthorizationHeader([
    ['oauth_consumer_key', clientId],
    ['oauth_signature_method', 'HMAC-SHA1'],
    ['oauth_timestamp', `${Math.floor(Date.now() / 1000)}`],
    ['oauth_nonce', 'n'],
    ['oauth_signature', 's'],
  ])
  return { method: 'GET', url: 'https://api.example/', headers: { authorization } }
}
