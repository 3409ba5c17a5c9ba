import { describe, expect, it } from 'vitest'
import { withoutSecrets } from '../../src/server/without-secrets.ts'

class Row {
  clientId = 'a'
  clientSecret = 's'
  get label(): string {
    return `client ${this.clientId}`
  }
}

class Keeper {
  readonly clientId = 'a'
  readonly #secret = 's'
  get clientSecret(): string {
    return this.#secret
  }
}

describe('a copy without secrets', () => {
  it('of an object leaves out the secrets alone', () => {
    const tags = ['x']
    const row = { clientId: 'a', clientSecret: 's', oauthTokenSecret: 't', secret: 'own', none: null, tags }
    const copy = withoutSecrets(row)
    expect(copy).toStrictEqual({ clientId: 'a', secret: 'own', none: null, tags })
    expect(copy).toHaveProperty('tags', tags)
    expect(copy.tags).toBe(tags)
    expect(Object.keys(copy)).toEqual(['clientId', 'secret', 'none', 'tags'])
    expect(row.clientSecret).toBe('s')
  })

  it('of an object without a prototype has none', () => {
    const copy = withoutSecrets(Object.assign(Object.create(null), { clientId: 'a', oauthTokenSecret: 't' }))
    expect(Object.getPrototypeOf(copy)).toBeNull()
    expect({ ...copy }).toStrictEqual({ clientId: 'a' })
    expect(copy).not.toHaveProperty('oauthTokenSecret')
  })

  it('of an entity is of its class, and its own fields may be set and deleted', () => {
    const row = Object.freeze(new Row())
    const copy = withoutSecrets(row) as Row
    expect(copy).toBeInstanceOf(Row)
    expect(copy.label).toBe('client a')
    expect(Object.keys(copy)).toEqual(['clientId'])
    expect(Reflect.ownKeys(copy)).toEqual(['clientId'])
    expect(Object.getOwnPropertyDescriptor(copy, 'clientId')).toMatchObject({
      value: 'a',
      enumerable: true,
      configurable: true,
    })
  })

  it('of an entity whose class has the secret as a getter hides it', () => {
    const copy = withoutSecrets(new Keeper()) as Keeper
    expect(copy.clientSecret).toBeUndefined()
    expect(Object.keys(copy)).toEqual(['clientId'])
    expect('oauthTokenSecret' in copy).toBe(false)
  })

  it('of an entity keeps accessors, symbols and non-enumerable properties', () => {
    const mark = Symbol('mark')
    const row = Object.create(Row.prototype, {
      plain: { value: 1, enumerable: false },
      computed: { get: () => 2, enumerable: true },
      [mark]: { value: 3, enumerable: true },
      clientSecret: { value: 's', enumerable: true },
      oauthTokenSecret: { get: () => 't' },
    })
    const copy = withoutSecrets(row) as typeof row
    expect(Reflect.ownKeys(copy)).toEqual(['plain', 'computed', mark])
    expect(Object.getOwnPropertyDescriptor(copy, 'computed')?.get).toBeTypeOf('function')
    expect([copy.plain, copy.computed, copy[mark]]).toEqual([1, 2, 3])
    expect(Object.getOwnPropertyDescriptor(copy, 'plain')).toMatchObject({
      enumerable: false,
      writable: false,
    })
  })
})

describe('a row that was loaded along', () => {
  const client = { clientId: 'a', clientSecret: 's' }
  const tokens = [{ oauthToken: 'b', oauthTokenSecret: 't' }, 'text', null]
  const plain = { name: 'anna' }

  it.each<[name: string, row: object]>([
    ['of an object', { client, tokens, plain, list: [plain] }],
    ['of an entity', Object.assign(new Row(), { client, tokens, plain, list: [plain] })],
  ])('loses its secret, too: %s', (_name, row) => {
    const copy = withoutSecrets(row) as Record<'client' | 'tokens' | 'plain' | 'list', unknown>
    expect(copy.client).toStrictEqual({ clientId: 'a' })
    expect(copy.tokens).toStrictEqual([{ oauthToken: 'b' }, 'text', null])
    expect(copy.plain).toBe(plain)
    expect(copy.list).toEqual([plain])
    expect(client).toHaveProperty('clientSecret')
    expect(tokens[0]).toHaveProperty('oauthTokenSecret')
  })

  it('is copied once, however often it occurs, and may lead back', () => {
    const token = { oauthToken: 'b', oauthTokenSecret: 't', client: { ...client, tokens: [] as object[] } }
    token.client.tokens.push(token)
    const copy = withoutSecrets({ first: token, second: token, oauthTokenSecret: 't' }) as {
      first: typeof token
      second: typeof token
    }
    expect(copy.first).toBe(copy.second)
    expect(copy.first.client.tokens[0]).toBe(copy.first)
    expect(copy.first).not.toHaveProperty('oauthTokenSecret')
  })

  it('in lists of lists loses it where a list holds a row with a secret itself', () => {
    const nested = [[client], client]
    const copy = withoutSecrets({ nested }) as { nested: unknown[] }
    expect(copy.nested).toStrictEqual([[{ clientId: 'a' }], { clientId: 'a' }])
  })
})
