import { inspect } from 'node:util'
import {
  AuthorizationServer,
  type Client,
  type Hooks,
  ResourceProtector,
  type TokenCredential,
  type WithoutSecrets,
} from 'countersign'
import { memoryHooks } from 'countersign/memory'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { client, consent, Provider, start, token } from './provider.ts'

/** Rows as stores and ORMs give them, all for the usual client and token. */
class TokenEntity implements TokenCredential {
  clientId = token.clientId
  oauthToken = token.oauthToken
  oauthTokenSecret = token.oauthTokenSecret
  scope = token.scope
  userId = 7
  get label(): string {
    return `token of ${this.userId}`
  }
}
class Hidden implements TokenCredential {
  readonly clientId = token.clientId
  readonly oauthToken = token.oauthToken
  get oauthTokenSecret(): string {
    return token.oauthTokenSecret
  }
  toJSON(): object {
    return { oauthToken: this.oauthToken, secret: this.oauthTokenSecret }
  }
}
const withClient = { ...token, client: { ...client, name: 'Printer' }, user: { name: 'anna' } }
const inCircles = { ...token, client: { ...client, tokens: [] as object[] } }
inCircles.client.tokens.push(inCircles)

const rows: [string, TokenCredential][] = [
  ['a plain object', token],
  ['an object without a prototype', Object.assign(Object.create(null), token)],
  ['a frozen object', Object.freeze({ ...token })],
  ['an entity of a class', new TokenEntity()],
  ['a class whose secret is a getter', new Hidden()],
  ['a row with its client loaded along', withClient],
  ['rows that hold each other', inCircles],
]

async function authenticated(row: TokenCredential, own: Client = client) {
  const { protector } = new Provider({
    hooks: () => ({ queryClient: () => own, queryToken: () => row }),
  })
  return protector.authenticate(new Provider().read())
}

/** Every way in which what a handler holds is sent out or written down. */
function written(value: unknown): string[] {
  const spread = { ...(value as object) }
  const texts = [value, spread, structuredCloneable(value)].flatMap((each) => [
    inspect(each, { depth: 9, showHidden: true, getters: true }),
    tryJson(each),
  ])
  return [...texts, ...Object.values(value as object).map(String)]
}

function structuredCloneable(value: unknown): unknown {
  try {
    return structuredClone(value)
  } catch {
    return undefined
  }
}

function tryJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return 'circular'
  }
}

describe('what a handler gets holds no secret', () => {
  it.each(rows)('of %s', async (_name, row) => {
    const secret = row.oauthTokenSecret
    const authentication = await authenticated(row)
    for (const held of [authentication, authentication.credential, authentication.client])
      for (const text of written(held)) {
        expect(text).not.toContain(secret)
        expect(text).not.toMatch(/secret['":]/i)
      }
    expect(authentication.credential).toMatchObject({ clientId: 'client', oauthToken: 'token' })
    // The row itself is the store's, and stays as it is.
    expect(row.oauthTokenSecret).toBe(secret)
  })

  it('keeps the class of a row, its methods, and the fields of the application', async () => {
    const { credential } = await authenticated(new TokenEntity())
    expect(credential).toBeInstanceOf(TokenEntity)
    expect((credential as TokenEntity).label).toBe('token of 7')
    const joined = (await authenticated(withClient)).credential as unknown as typeof withClient
    expect(joined.user).toBe(withClient.user)
    expect(joined.client).toEqual({ clientId: 'client', callbacks: client.callbacks, name: 'Printer' })
  })

  it("keeps the client's public key", async () => {
    const rsaPublicKey = 'a key that is not used here'
    expect((await authenticated(token, { ...client, rsaPublicKey })).client).toMatchObject({ rsaPublicKey })
  })

  it('is the same object each time, and may be changed without changing the store', async () => {
    const authentication = await authenticated(Object.freeze({ ...token }))
    expect(authentication.credential).toBe(authentication.credential)
    expect(authentication.client).toBe(authentication.client)
    expect(JSON.parse(JSON.stringify(authentication))).toMatchObject({
      client: { clientId: 'client' },
      credential: { oauthToken: 'token' },
    })
  })

  it('nor does a two-legged one', async () => {
    const { protector } = new Provider({ protector: { twoLegged: true } })
    const authentication = await protector.authenticate(
      new Provider().sign({ url: 'https://photos.example.net/' }),
    )
    expect(authentication.credential).toBeUndefined()
    expect(JSON.stringify(authentication)).not.toContain('secret')
  })
})

describe('what a page gets holds no secret', () => {
  it('the consent page', async () => {
    const provider = new Provider()
    const { oauthToken, oauthTokenSecret } = await provider.temporary()
    const asked = await provider.server.checkAuthorizationRequest(consent(oauthToken))
    expect(JSON.stringify(asked)).not.toContain(oauthTokenSecret)
    expect(JSON.stringify(asked)).not.toContain('secret')
  })

  it('the page that shows a code', async () => {
    const provider = new Provider({
      server: { verifierPage: ({ client }) => JSON.stringify(client) },
    })
    const { oauthToken } = await provider.temporary({ oauth_callback: 'oob' })
    const { body } = await provider.authorize(oauthToken, { id: 7 })
    expect(JSON.parse(body)).toEqual({ clientId: 'client', callbacks: client.callbacks })
  })
})

describe('the compiler', () => {
  it('knows that there is none, and what the application added', () => {
    type MyClient = Client & { readonly name: string }
    type MyToken = TokenCredential & { readonly user: { readonly email: string } }
    const hooks = memoryHooks() as unknown as Hooks<MyClient, MyToken>
    const protector = new ResourceProtector({ hooks })
    type Authenticated = Awaited<ReturnType<typeof protector.authenticate>>
    type Credential = NonNullable<Authenticated['credential']>
    expectTypeOf<Authenticated['client']>().not.toHaveProperty('clientSecret')
    expectTypeOf<Authenticated['client']>().toHaveProperty('rsaPublicKey')
    expectTypeOf<Authenticated['client']['name']>().toEqualTypeOf<string>()
    expectTypeOf<Credential>().not.toHaveProperty('oauthTokenSecret')
    expectTypeOf<Credential['user']['email']>().toEqualTypeOf<string>()
    new AuthorizationServer({
      hooks,
      verifierPage: ({ client }) => {
        expectTypeOf(client.name).toEqualTypeOf<string>()
        expectTypeOf(client).not.toHaveProperty('clientSecret')
        return ''
      },
    })
    // An index signature stays one.
    type Loose = WithoutSecrets<{ [column: string]: unknown; oauthToken: string; oauthTokenSecret: string }>
    expectTypeOf<Loose['oauthToken']>().toEqualTypeOf<string>()
  })

  it('keeps the fields of what memoryHooks was given', async () => {
    const now = () => start
    const hooks = memoryHooks({
      now,
      clients: [{ ...client, name: 'Printer' }],
      tokens: [{ ...token, user: { email: 'anna@example.com' } }],
    })
    const { client: found, credential } = await new ResourceProtector({
      hooks,
      now,
    }).authenticate(new Provider().read())
    expect([found.name, credential?.user.email]).toEqual(['Printer', 'anna@example.com'])
    // Without own fields they are hooks like any other.
    expectTypeOf(memoryHooks({ clients: [client], tokens: [token] })).toExtend<Hooks>()
    expectTypeOf(memoryHooks()).toExtend<Hooks>()
  })
})
