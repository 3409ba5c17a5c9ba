import { generateKeyPairSync } from 'node:crypto'
import { ResourceProtector } from 'countersign'
import {
  clientPairs,
  type ExchangeHooks,
  oidcProviderHooks,
  registerTokenExchange,
  scopeTable,
  TokenExchange,
  tokenExchangeGrant,
} from 'countersign/bridge'
import { kyselyGrantHooks, withTokenGrantColumns } from 'countersign/kysely'
import { memoryHooks } from 'countersign/memory'
import Provider from 'oidc-provider'
import { adapterOver } from '../../examples/leaving-oauth1/storage.ts'
import { authorizationFor, client, token } from './credentials.ts'
import { medianTimes, printTable } from './measure.ts'
import { sqliteStore } from './sqlite-store.ts'

const rounds = 31
const exchanges = 200
const url = 'https://photos.example.net/exchange'
const oauth2ClientId = 'album-app'

type Part = Partial<ExchangeHooks>

/** How many tokens one core exchanges per second, compared with the check of a signature. */
export async function benchExchanges(): Promise<void> {
  const memory = memoryHooks({ clients: [client], tokens: [token] })
  const { hooks: sqlite, close } = await sqliteHooks()
  const protector = new ResourceProtector({ hooks: memory })
  let count = 0
  const issuing: Part = {
    issueTokens: () => ({ accessToken: `access-${++count}`, refreshToken: `refresh-${count}` }),
    revokeTokens: () => undefined,
  }
  const over = (store: Part, oauth2: Part) =>
    new TokenExchange({
      protector,
      attemptsPerMinute: Number.MAX_SAFE_INTEGER,
      hooks: {
        ...memory,
        ...store,
        ...clientPairs({ [client.clientId]: oauth2ClientId }),
        scopesFor: scopeTable({ '': ['me'] }, ['offline_access']),
        ...oauth2,
      } as ExchangeHooks,
    })
  const inMemory = over({}, issuing)
  const provider = oidcProvider()
  const overOidc = over(sqlite, oidcProviderHooks(provider))
  registerTokenExchange(provider, overOidc)
  const signed = () => ({
    method: 'POST',
    url,
    headers: { authorization: authorizationFor(url, 'POST') },
  })
  const parameters = {
    grant_type: tokenExchangeGrant,
    subject_token: token.oauthToken,
    subject_token_type: 'urn:countersign:params:oauth:token-type:oauth1_token',
    oauth_token_secret: token.oauthTokenSecret,
  }
  const requested = (exchange: TokenExchange) => ({
    prepare: () => Array.from({ length: exchanges }, () => parameters),
    run: async (all: readonly (typeof parameters)[]) => {
      for (const one of all) await exchange.exchange(oauth2ClientId, one)
    },
  })
  const contenders = {
    'a signed request is checked': {
      prepare: () => Array.from({ length: exchanges }, signed),
      run: async (all: readonly ReturnType<typeof signed>[]) => {
        for (const one of all) await protector.authenticate(one)
      },
    },
    'token request, everything in memory': requested(inMemory),
    'signed request, everything in memory': {
      prepare: () => Array.from({ length: exchanges }, signed),
      run: async (all: readonly ReturnType<typeof signed>[]) => {
        for (const one of all) await inMemory.exchangeSigned(one)
      },
    },
    'token request, SQLite in memory': requested(over(sqlite, issuing)),
    'token request, SQLite in memory, oidc-provider': requested(overOidc),
  }
  const times = await medianTimes<readonly unknown[]>(rounds, contenders as never)
  await close()
  const check = times.get('a signed request is checked') ?? 0
  printTable(
    `Exchanges of a token that was exchanged before, one after the other (${rounds} rounds of ${exchanges})`,
    ['', 'a second', 'times a check'],
    [...times].map(([name, microseconds]) => [
      name,
      Math.round(1e6 / microseconds).toLocaleString('en'),
      (microseconds / check).toFixed(1),
    ]),
  )
}

async function sqliteHooks(): Promise<{ readonly hooks: Part; close(): Promise<void> }> {
  const { db, hooks } = await sqliteStore()
  await db.schema.createTable('oauth_token_grant').$call(withTokenGrantColumns).execute()
  const { queryClient, queryToken, queryClientAndToken } = hooks
  return {
    hooks: { queryClient, queryToken, queryClientAndToken, ...kyselyGrantHooks(db) } as Part,
    close: () => db.destroy(),
  }
}

/** oidc-provider, which keeps its tokens in SQLite as well. */
function oidcProvider(): Provider {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = { ...privateKey.export({ format: 'jwk' }), kty: 'RSA', use: 'sig', alg: 'RS256' } as const
  return new Provider('https://auth.example.net', {
    adapter: adapterOver(':memory:'),
    jwks: { keys: [key] },
    scopes: ['offline_access', 'me'],
    features: { devInteractions: { enabled: false } },
    clients: [
      {
        client_id: oauth2ClientId,
        client_secret: 'a secret of the OAuth 2 client',
        grant_types: [tokenExchangeGrant, 'refresh_token'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    ttl: { AccessToken: 3600, RefreshToken: 86_400, Grant: 86_400 },
  })
}
