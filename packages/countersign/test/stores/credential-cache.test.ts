import { ConfigurationError, type TokenUse } from 'countersign'
import { cachedCredentials } from 'countersign/credential-cache'
import { expect, it } from 'vitest'

const client = { clientId: 'c', clientSecret: 's' }
const token = { clientId: 'c', oauthToken: 't', oauthTokenSecret: 's' }

/** A store whose queries are listed, and return when the test says so. */
function slowStore(rows = { clients: [client], tokens: [token] }) {
  const asked: string[] = []
  const waiting: (() => void)[] = []
  const respond = <R>(name: string, read: () => R) => {
    asked.push(name)
    return new Promise<R>((resolve) => {
      // The row is read when the query arrives; the result may take a while.
      const row = read()
      waiting.push(() => resolve(row))
    })
  }
  const findClient = (id: string) => rows.clients.find(({ clientId }) => clientId === id)
  const findToken = (id: string) => rows.tokens.find(({ oauthToken }) => oauthToken === id)
  return {
    rows,
    asked,
    respondAll: () => {
      for (const send of waiting.splice(0)) send()
    },
    hooks: {
      queryClient: (id: string) => respond(`client ${id}`, () => findClient(id)),
      queryToken: (_: string, id: string) => respond(`token ${id}`, () => findToken(id)),
    },
    both: (clientId: string, oauthToken: string) =>
      respond(`both ${clientId} ${oauthToken}`, () => ({
        client: findClient(clientId),
        token: findToken(oauthToken),
      })),
  }
}

it('a hook that throws at once leaves no failure of the other unhandled', async () => {
  const unhandled: unknown[] = []
  const note = (reason: unknown) => unhandled.push(reason)
  process.on('unhandledRejection', note)
  const cached = cachedCredentials({
    queryClient: () => Promise.reject(new Error('client')),
    queryToken: () => {
      throw new Error('token')
    },
  })
  await expect(cached.queryClientAndToken('c', 't')).rejects.toThrow()
  await new Promise((resolve) => setTimeout(resolve, 10))
  process.off('unhandledRejection', note)
  expect(unhandled).toEqual([])
})

/** A store that returns at once, and counts. */
function store(rows = { clients: [client], tokens: [token] }) {
  const asked: string[] = []
  const queryClient = async (id: string) => {
    asked.push(`client ${id}`)
    return rows.clients.find(({ clientId }) => clientId === id)
  }
  const queryToken = async (_: string, id: string) => {
    asked.push(`token ${id}`)
    return rows.tokens.find(({ oauthToken }) => oauthToken === id)
  }
  return { rows, asked, hooks: { queryClient, queryToken } }
}

it('asks once while it remembers, and again afterwards', async () => {
  let now = 0
  const { asked, hooks } = store()
  const cached = cachedCredentials(hooks, { ttlSeconds: 30, now: () => now })
  for (now = 0; now < 30; now += 10) {
    expect(await cached.queryClient('c')).toBe(client)
    expect(await cached.queryToken('c', 't')).toBe(token)
    expect(await cached.queryClientAndToken('c', 't')).toEqual({ client, token })
  }
  expect(asked).toEqual(['client c', 'token t'])
  now = 30
  await cached.queryClientAndToken('c', 't')
  expect(asked).toHaveLength(4)
})

it('asks for both at once where the store can', async () => {
  const asked: string[] = []
  const cached = cachedCredentials({
    queryClient: () => expect.unreachable(),
    queryToken: () => expect.unreachable(),
    queryClientAndToken(clientId, oauthToken) {
      asked.push(`${clientId} ${oauthToken}`)
      return { client, token }
    },
  })
  for (let n = 0; n < 3; n++) expect(await cached.queryClientAndToken('c', 't')).toEqual({ client, token })
  expect(asked).toEqual(['c t'])
})

it('never remembers what does not exist', async () => {
  const { rows, asked, hooks } = store({ clients: [], tokens: [] })
  const cached = cachedCredentials(hooks)
  for (let n = 0; n < 2; n++) {
    expect(await cached.queryClient('c')).toBeUndefined()
    expect(await cached.queryToken('c', 't')).toBeUndefined()
    expect(await cached.queryClientAndToken('c', 't')).toEqual({})
  }
  expect(asked).toHaveLength(8)
  rows.clients.push(client)
  rows.tokens.push(token)
  expect(await cached.queryClientAndToken('c', 't')).toEqual({ client, token })
})

it('asks the same of the store whether or not it knows the client of an unknown token', async () => {
  const { asked, hooks } = store()
  const cached = cachedCredentials(hooks)
  await cached.queryClient('c')
  asked.length = 0
  await cached.queryClientAndToken('c', 'unknown')
  expect(asked.splice(0)).toEqual(['client c', 'token unknown'])
  await cached.queryClientAndToken('nobody', 'unknown')
  expect(asked).toEqual(['client nobody', 'token unknown'])
})

it('those who ask the same at once share one query', async () => {
  const { asked, hooks, both, respondAll } = slowStore()
  const cached = cachedCredentials({ ...hooks, queryClientAndToken: both })
  const responses = Array.from({ length: 50 }, () => cached.queryClientAndToken('c', 't'))
  respondAll()
  for (const response of await Promise.all(responses)) expect(response).toEqual({ client, token })
  expect(asked).toEqual(['both c t'])
})

it('a query that hangs holds up no request that comes a second later', async () => {
  let now = 0
  const { asked, hooks, respondAll } = slowStore()
  const cached = cachedCredentials(hooks, { now: () => now })
  const hanging = cached.queryClient('c')
  now = 1
  const later = cached.queryClient('c')
  expect(asked).toEqual(['client c', 'client c'])
  respondAll()
  expect(await Promise.all([hanging, later])).toEqual([client, client])
})

it('a failure reaches all who asked, and is not remembered', async () => {
  let failing = true
  const queryClient = async () => {
    if (failing) throw new Error('down')
    return client
  }
  const cached = cachedCredentials({ queryClient, queryToken: () => undefined })
  const outcomes = await Promise.allSettled([cached.queryClient('c'), cached.queryClient('c')])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  failing = false
  expect(await cached.queryClient('c')).toBe(client)
})

it('forgets a token, or a client with all its tokens and no others', async () => {
  const others = [
    { clientId: 'c', oauthToken: 'u', oauthTokenSecret: 's' },
    { clientId: 'cc', oauthToken: 'v', oauthTokenSecret: 's' },
  ]
  const { asked, hooks } = store({
    clients: [client, { ...client, clientId: 'cc' }],
    tokens: [token, ...others],
  })
  const cached = cachedCredentials(hooks)
  const askAll = async () => {
    asked.length = 0
    for (const id of ['c', 'cc']) await cached.queryClient(id)
    await cached.queryToken('c', 't')
    await cached.queryToken('c', 'u')
    await cached.queryToken('cc', 'v')
    return asked
  }
  await askAll()
  expect(await askAll()).toEqual([])
  cached.forget('c', 't')
  expect(await askAll()).toEqual(['token t'])
  cached.forget('c')
  expect(await askAll()).toEqual(['client c', 'token t', 'token u'])
})

it('what was read before a revocation is not remembered after it, nor shared with who asks then', async () => {
  const { rows, asked, hooks, respondAll } = slowStore()
  const cached = cachedCredentials(hooks)
  const before = cached.queryToken('c', 't')
  rows.tokens.length = 0
  cached.forget('c', 't')
  const after = cached.queryToken('c', 't')
  respondAll()
  expect(await before).toBe(token)
  expect(await after).toBeUndefined()
  const again = cached.queryToken('c', 't')
  respondAll()
  expect(await again).toBeUndefined()
  expect(asked).toHaveLength(3)
})

it('a slow result does not replace a newer one', async () => {
  let now = 0
  const old = { ...client, clientSecret: 'old' }
  const responses: ((row: typeof client) => void)[] = []
  const queryClient = () => new Promise<typeof client>((resolve) => responses.push(resolve))
  const cached = cachedCredentials({ queryClient, queryToken: () => undefined }, { now: () => now })
  const slow = cached.queryClient('c')
  now = 2
  const quick = cached.queryClient('c')
  responses[1]?.(client)
  await quick
  responses[0]?.(old)
  expect(await slow).toBe(old)
  expect(await cached.queryClient('c')).toBe(client)
})

it('age counts from the question, and a clock set back ages everything', async () => {
  let now = 100
  const { asked, hooks, respondAll } = slowStore()
  const cached = cachedCredentials(hooks, { ttlSeconds: 10, now: () => now })
  const ask = async () => {
    const response = cached.queryClient('c')
    respondAll()
    return response
  }
  const first = cached.queryClient('c')
  now = 109
  respondAll()
  await first
  now = 110
  await ask()
  expect(asked).toHaveLength(2)
  now = 50
  await ask()
  expect(asked).toHaveLength(3)
})

it('is bounded: the oldest make room', async () => {
  const clients = Array.from({ length: 5 }, (_, n) => ({ ...client, clientId: `c${n}` }))
  const { asked, hooks } = store({ clients, tokens: [] })
  const cached = cachedCredentials(hooks, { maxEntries: 3 })
  for (const { clientId } of clients) await cached.queryClient(clientId)
  asked.length = 0
  for (const clientId of ['c4', 'c3', 'c2', 'c1']) await cached.queryClient(clientId)
  expect(asked).toEqual(['client c1'])
})

it.each([{ maxEntries: 0 }, { maxEntries: Number.NaN }, { ttlSeconds: 0 }, { ttlSeconds: -1 }])(
  '%j is refused',
  (options) => {
    expect(() => cachedCredentials(store().hooks, options)).toThrow(ConfigurationError)
  },
)

it('calls the hooks of a store that is an object of its own', async () => {
  const store = {
    rows: { client, token },
    queryClient(_clientId: string) {
      return this.rows.client
    },
    queryToken(_clientId: string, _oauthToken: string) {
      return this.rows.token
    },
    queryClientAndToken(_clientId: string, _oauthToken: string) {
      return this.rows
    },
  }
  expect(await cachedCredentials(store).queryClientAndToken('c', 't')).toEqual({ client, token })
})

it('forgets a token that is revoked through the hooks', async () => {
  const { rows, asked, hooks } = store()
  const revokeToken = async (_: string, id: string) => {
    const { length } = rows.tokens
    rows.tokens = rows.tokens.filter(({ oauthToken }) => oauthToken !== id)
    return rows.tokens.length < length
  }
  const whole = { ...hooks, revokeToken }
  const cached = { ...whole, ...cachedCredentials(whole) }
  expect(await cached.queryToken('c', 't')).toBe(token)
  expect(await cached.revokeToken('c', 't')).toBe(true)
  expect(await cached.queryToken('c', 't')).toBeUndefined()
  expect(await cached.revokeToken('c', 't')).toBe(false)
  expect(asked).toEqual(['token t', 'token t'])
})

it('forgets a token whose revocation failed, for it may have been written', async () => {
  const { rows, hooks } = store()
  const failing = {
    ...hooks,
    revokeToken: async () => {
      rows.tokens = []
      throw new Error('The connection broke after the statement.')
    },
  }
  const cached = { ...failing, ...cachedCredentials(failing) }
  expect(await cached.queryToken('c', 't')).toBe(token)
  await expect(cached.revokeToken('c', 't')).rejects.toThrow('broke')
  expect(await cached.queryToken('c', 't')).toBeUndefined()
})

it('does not keep what was read while a token was being revoked', async () => {
  const { rows, hooks, respondAll } = slowStore()
  const whole = {
    ...hooks,
    revokeToken: async () => {
      rows.tokens = []
      return true
    },
  }
  const cached = { ...whole, ...cachedCredentials(whole) }
  const read = cached.queryToken('c', 't')
  await cached.revokeToken('c', 't')
  respondAll()
  expect(await read).toBe(token)
  const after = cached.queryToken('c', 't')
  respondAll()
  expect(await after).toBeUndefined()
})

it('brings no revokeToken where the store has none', () => {
  expect('revokeToken' in cachedCredentials(store().hooks)).toBe(false)
})

it.each(['written', 'written by a statement whose result was lost'])(
  'forgets a token whose use is %s: the row that it remembers does not show it',
  async (how) => {
    const { rows, hooks } = store()
    const used = { ...token, lastUsedAt: 100 }
    const recordTokenUse = async ({ lastUsedAt }: TokenUse) => {
      rows.tokens = [{ ...token, lastUsedAt } as typeof token]
      if (how !== 'written') throw new Error('The connection broke after the statement.')
    }
    const whole = { ...hooks, recordTokenUse }
    const cached = { ...whole, ...cachedCredentials(whole) }
    expect(await cached.queryToken('c', 't')).toBe(token)
    const use = cached.recordTokenUse({ clientId: 'c', oauthToken: 't', lastUsedAt: 100 })
    await (how === 'written' ? use : expect(use).rejects.toThrow('broke'))
    expect(await cached.queryToken('c', 't')).toEqual(used)
  },
)

it('brings no recordTokenUse where the store has none', () => {
  expect('recordTokenUse' in cachedCredentials(store().hooks)).toBe(false)
})

it.each(['written', 'written by a statement whose result was lost'])(
  'forgets a token whose end is %s',
  async (how) => {
    const { rows, hooks } = store()
    const limitTokenLife = async (_: string, __: string, expiresAt: number) => {
      rows.tokens = [{ ...token, expiresAt } as typeof token]
      if (how !== 'written') throw new Error('The connection broke after the statement.')
    }
    const whole = { ...hooks, limitTokenLife }
    const cached = { ...whole, ...cachedCredentials(whole) }
    expect(await cached.queryToken('c', 't')).toBe(token)
    const limit = cached.limitTokenLife('c', 't', 100)
    await (how === 'written' ? limit : expect(limit).rejects.toThrow('broke'))
    expect(await cached.queryToken('c', 't')).toEqual({ ...token, expiresAt: 100 })
  },
)

it('brings no limitTokenLife where the store has none', () => {
  expect('limitTokenLife' in cachedCredentials(store().hooks)).toBe(false)
})

it('the use of one token leaves a concurrent read of another alone', async () => {
  const { asked, hooks, respondAll } = slowStore()
  const whole = { ...hooks, recordTokenUse: async () => {} }
  const cached = { ...whole, ...cachedCredentials(whole) }
  const read = cached.queryToken('c', 't')
  await cached.recordTokenUse({ clientId: 'c', oauthToken: 'other', lastUsedAt: 100 })
  const joined = cached.queryToken('c', 't')
  respondAll()
  expect([await read, await joined, await cached.queryToken('c', 't')]).toEqual([token, token, token])
  expect(asked).toEqual(['token t'])
})
