import {
  type Client,
  type Hooks,
  type NonceRecord,
  ResourceProtector,
  type TemporaryCredential,
  type TokenCredential,
} from 'countersign'
import { formatAuthorizationHeader } from 'countersign/protocol'
import { describe, expect, it, vi } from 'vitest'

const now = () => Math.floor(Date.now() / 1000)

/** 255 characters, most of them not ASCII, and every fifth of those outside the basic plane. */
const longIdentifier = (start: string) => [...start, ...'ключ🗝'.repeat(51)].slice(0, 255).join('')
const longest = {
  secret: '€'.repeat(1000),
  callback: `https://client.example/${'é'.repeat(3900)}`,
  verifier: 'v'.repeat(255),
  scope: 'photos:read фото'.padEnd(255, '.'),
}

let serial = 0
/** An identifier that no other test uses. */
export const fresh = (prefix: string) => `${prefix}-${process.pid}-${serial++}`

export const temporary = (values: Partial<TemporaryCredential> = {}): TemporaryCredential => ({
  clientId: 'client',
  oauthToken: fresh('temporary'),
  oauthTokenSecret: 'secret',
  oauthCallback: 'https://client.example/ready?a=1',
  expiresAt: now() + 600,
  ...values,
})

export const nonceRecord = (values: Partial<NonceRecord> = {}): NonceRecord => ({
  clientId: 'client',
  oauthToken: 'token',
  timestamp: now(),
  nonce: fresh('nonce'),
  expiresAt: now() + 301,
  ...values,
})

export function clients(
  hooks: Pick<Hooks, 'queryClient'>,
  addClient: (client: Client) => Promise<void>,
): void {
  describe('clients', () => {
    it('come back as they were registered, at their longest and in any script', async () => {
      const client: Client = {
        clientId: longIdentifier(fresh('client')),
        clientSecret: longest.secret,
        callbacks: [longest.callback, 'myapp://ready'],
      }
      await addClient(client)
      expect(await hooks.queryClient(client.clientId)).toMatchObject(client)
    })

    it('need an identifier and a secret, and nothing else', async () => {
      const client: Client = { clientId: fresh('minimal'), clientSecret: 's' }
      await addClient(client)
      expect(await hooks.queryClient(client.clientId)).toMatchObject(client)
      expect((await hooks.queryClient(client.clientId))?.callbacks ?? []).toEqual([])
    })

    it('come back with an RSA key as PEM or as JWK, and without a secret where they have none', async () => {
      const pem = '-----BEGIN PUBLIC KEY-----\nMIIBIjANBg==\n-----END PUBLIC KEY-----\n'
      for (const rsaPublicKey of [pem, { kty: 'RSA', n: 'sXch', e: 'AQAB' }]) {
        const clientId = fresh('rsa')
        await addClient({ clientId, rsaPublicKey, callbacks: [] })
        const client = await hooks.queryClient(clientId)
        expect(client).toMatchObject({ clientId, rsaPublicKey, callbacks: [] })
        expect(client?.clientSecret ?? undefined).toBeUndefined()
      }
    })

    it('are found by exactly their identifier', async () => {
      const clientId = fresh('Exact')
      await addClient({ clientId, clientSecret: 's', callbacks: [] })
      for (const other of lookalikes(clientId)) expect(await hooks.queryClient(other)).toBeUndefined()
      expect(await hooks.queryClient(clientId)).toBeDefined()
    })
  })
}

export function tokens(
  hooks: Pick<Hooks, 'queryToken' | 'createTokenCredential'>,
  addToken: (token: TokenCredential) => Promise<void>,
): void {
  describe('token credentials', () => {
    it('come back as they were issued, at their longest and in any script', async () => {
      const token: TokenCredential = {
        clientId: longIdentifier(fresh('client')),
        oauthToken: longIdentifier(fresh('token')),
        oauthTokenSecret: longest.secret,
        userId: 7,
        scope: longest.scope,
      }
      const created = await hooks.createTokenCredential(token)
      expect(created).toMatchObject(token)
      expect(await hooks.queryToken(token.clientId, token.oauthToken)).toEqual(created)
    })

    it('need neither user nor scope', async () => {
      const token = { clientId: 'client', oauthToken: fresh('token'), oauthTokenSecret: 's' }
      await addToken(token)
      const found = await hooks.queryToken('client', token.oauthToken)
      expect(found).toMatchObject(token)
      expect(found?.userId ?? undefined).toBeUndefined()
      expect(found?.scope ?? undefined).toBeUndefined()
    })

    it('are found by exactly their identifier, and for their client only', async () => {
      const [clientId, oauthToken] = [fresh('Client'), fresh('Token')]
      await addToken({ clientId, oauthToken, oauthTokenSecret: 's', userId: 1 })
      expect(await hooks.queryToken(clientId, oauthToken)).toMatchObject({ clientId, oauthToken })
      for (const other of lookalikes(oauthToken))
        expect(await hooks.queryToken(clientId, other)).toBeUndefined()
      for (const other of lookalikes(clientId))
        expect(await hooks.queryToken(other, oauthToken)).toBeUndefined()
    })
  })
}

export function both(
  hooks: Required<Pick<Hooks, 'queryClientAndToken'>> & Partial<Hooks>,
  addClient: (client: Client) => Promise<void>,
  addToken: (token: TokenCredential) => Promise<void>,
): void {
  describe('client and token in one query', () => {
    const clientId = fresh('Pair')
    const oauthToken = fresh('Pair')

    it('are what the two queries return', async () => {
      const callbacks = ['https://a.example/', 'b://c']
      // Equal to the result of the single query: a policy that a join leaves out would not apply.
      const policy = { places: ['header', 'body'] } as const
      await addClient({ clientId, clientSecret: longest.secret, callbacks, policy })
      await addToken({ clientId, oauthToken, oauthTokenSecret: longest.secret, userId: 7, scope: 'a b' })
      const expected = {
        client: await hooks.queryClient?.(clientId),
        token: await hooks.queryToken?.(clientId, oauthToken),
      }
      expect(expected.client?.policy).toEqual(policy)
      for (let call = 0; call < 3; call++)
        expect(await hooks.queryClientAndToken(clientId, oauthToken)).toEqual(expected)
    })

    it('are found by exactly their identifiers', async () => {
      for (const other of lookalikes(oauthToken)) {
        const found = await hooks.queryClientAndToken(clientId, other)
        expect(found.client).toMatchObject({ clientId })
        expect(found.token).toBeUndefined()
      }
      for (const other of lookalikes(clientId)) {
        const found = await hooks.queryClientAndToken(other, oauthToken)
        expect(found.client).toBeUndefined()
        expect(found.token).toBeUndefined()
      }
    })

    it.each(['queryClient', 'queryToken'] as const)(
      'do not keep a %s of the application from being asked',
      async (name) => {
        let asked = 0
        const blocked = () => void asked++
        const others = { ...hooks, recordNonce: () => true }
        const spread = new ResourceProtector({ hooks: { ...others, [name]: blocked } })
        const registered = new ResourceProtector({ hooks: others }).registerHook(name, blocked)
        const authorization = formatAuthorizationHeader([
          ['oauth_consumer_key', clientId],
          ['oauth_token', oauthToken],
          ['oauth_signature_method', 'HMAC-SHA1'],
          ['oauth_timestamp', `${now()}`],
          ['oauth_nonce', 'n'],
          ['oauth_signature', 's'],
        ])
        for (const protector of [spread, registered]) {
          const request = { method: 'GET', url: 'https://api.example/', headers: { authorization } }
          await expect(protector.authenticate(request)).rejects.toMatchObject({ code: 'invalid_signature' })
        }
        expect(asked).toBe(2)
      },
    )
  })
}

type TemporaryHooks = Pick<
  Hooks,
  | 'createTemporaryCredential'
  | 'getTemporaryCredential'
  | 'createAuthorizationVerifier'
  | 'consumeTemporaryCredential'
>

export function temporaryCredentials(hooks: TemporaryHooks): void {
  describe('temporary credentials', () => {
    it('come back as they were issued, at their longest and in any script', async () => {
      const credential = temporary({
        clientId: longIdentifier(fresh('client')),
        oauthToken: longIdentifier(fresh('temporary')),
        oauthTokenSecret: longest.secret,
        oauthCallback: longest.callback,
      })
      await hooks.createTemporaryCredential(credential)
      const found = await hooks.getTemporaryCredential(credential.oauthToken)
      expect(found).toMatchObject(credential)
      expect(found?.oauthVerifier ?? undefined).toBeUndefined()
      expect(found?.userId ?? undefined).toBeUndefined()
    })

    it('are found, approved and spent by exactly their identifier', async () => {
      const credential = temporary({ oauthToken: fresh('Temporary') })
      await hooks.createTemporaryCredential(credential)
      for (const other of lookalikes(credential.oauthToken)) {
        expect(await hooks.getTemporaryCredential(other)).toBeUndefined()
        expect(await hooks.createAuthorizationVerifier(other, { userId: 1, oauthVerifier: 'v' })).toBe(false)
        expect(await hooks.consumeTemporaryCredential(other)).toBe(false)
      }
      expect((await hooks.getTemporaryCredential(credential.oauthToken))?.oauthVerifier).toBeFalsy()
      expect(await hooks.consumeTemporaryCredential(credential.oauthToken)).toBe(true)
    })

    it('are gone when they have expired', async () => {
      const credential = temporary({ expiresAt: now() + 2 })
      const { oauthToken } = credential
      await hooks.createTemporaryCredential(credential)
      expect(await hooks.getTemporaryCredential(oauthToken)).toMatchObject(credential)
      // A cache that counts in whole seconds may be a little late; the servers look at `expiresAt` themselves.
      const gone = async () => expect(await hooks.getTemporaryCredential(oauthToken)).toBeUndefined()
      await vi.waitFor(gone, { timeout: 10_000, interval: 100 })
      expect(Date.now()).toBeGreaterThanOrEqual(credential.expiresAt * 1000)
      expect(await hooks.createAuthorizationVerifier(oauthToken, { userId: 1, oauthVerifier: 'v' })).toBe(
        false,
      )
      expect(await hooks.consumeTemporaryCredential(oauthToken)).toBe(false)
    })

    it('are approved once: the second approval changes nothing', async () => {
      const credential = temporary()
      const { oauthToken } = credential
      await hooks.createTemporaryCredential(credential)
      const grant = { userId: 7, oauthVerifier: longest.verifier, scope: longest.scope }
      expect(await hooks.createAuthorizationVerifier(oauthToken, grant)).toBe(true)
      expect(
        await hooks.createAuthorizationVerifier(oauthToken, { userId: 8, oauthVerifier: 'x', scope: 'y' }),
      ).toBe(false)
      expect(await hooks.getTemporaryCredential(oauthToken)).toMatchObject({ ...credential, ...grant })
    })

    it('are spent once, and are gone then', async () => {
      const credential = temporary()
      const { oauthToken } = credential
      await hooks.createTemporaryCredential(credential)
      await hooks.createAuthorizationVerifier(oauthToken, { userId: 7, oauthVerifier: 'v' })
      expect(await hooks.consumeTemporaryCredential(oauthToken)).toBe(true)
      expect(await hooks.consumeTemporaryCredential(oauthToken)).toBe(false)
      expect(await hooks.getTemporaryCredential(oauthToken)).toBeUndefined()
      expect(await hooks.createAuthorizationVerifier(oauthToken, { userId: 7, oauthVerifier: 'v' })).toBe(
        false,
      )
    })
  })
}

export function nonces(hooks: Pick<Hooks, 'recordNonce'>): void {
  describe('nonces', () => {
    it('are recorded once', async () => {
      const record = nonceRecord()
      expect(await hooks.recordNonce(record)).toBe(true)
      expect(await hooks.recordNonce(record)).toBe(false)
    })

    it('replay no better without a token (two-legged)', async () => {
      const record = nonceRecord({ oauthToken: '' })
      expect(await hooks.recordNonce(record)).toBe(true)
      expect(await hooks.recordNonce(record)).toBe(false)
    })

    it('are of any length and in any script', async () => {
      const record = nonceRecord({
        nonce: `${fresh('n')}\0 ${'🗝'.repeat(2000)}`,
        clientId: longIdentifier('c'),
      })
      expect(await hooks.recordNonce(record)).toBe(true)
      expect(await hooks.recordNonce(record)).toBe(false)
    })

    it('are told apart by client, token, timestamp and nonce, exactly', async () => {
      const record = nonceRecord({ clientId: 'a-b', oauthToken: 'c', nonce: fresh('Nonce') })
      const others = [
        record,
        { ...record, clientId: 'a', oauthToken: 'b-c' },
        { ...record, clientId: 'A-b' },
        { ...record, oauthToken: '' },
        { ...record, timestamp: record.timestamp - 1 },
        { ...record, nonce: record.nonce.toLowerCase() },
        { ...record, nonce: `${record.nonce} ` },
      ]
      for (const other of others) expect(await hooks.recordNonce(other)).toBe(true)
      for (const other of others) expect(await hooks.recordNonce(other)).toBe(false)
    })
  })
}

/** What a careless collation or driver takes for the same: other case, padding, accents, and what it cannot hold. */
export function lookalikes(identifier: string): readonly string[] {
  return [
    identifier.toLowerCase(),
    identifier.toUpperCase(),
    `${identifier} `,
    ` ${identifier}`,
    `${identifier}\0`,
    `${identifier}\u0301`,
    '%',
    '',
  ]
}
