import { exchangeHooks, openServices, startGrantUpkeep } from '@countersign/provider'
import {
  oidcProviderHooks,
  registerTokenExchange,
  scopeTable,
  TokenExchange,
  type TokenExchangeOptions,
} from 'countersign/bridge'
import * as oidc from 'openid-client'
import { parameters } from '../../../countersign/test/bridge/setting.ts'
import type { IssuedToken } from '../../src/tokens/issued-token.ts'
import type { runOidcProvider } from './oidc-server.ts'

type Oidc = Awaited<ReturnType<typeof runOidcProvider>>

/** What the process of an oidc-provider beside the provider has, over the same database. */
export async function besideProvider(
  provider: Oidc['provider'],
  database: string,
  options: Pick<TokenExchangeOptions, 'oauth1Token'> = {},
) {
  const services = await openServices({ database, logLevel: 'warn' })
  const { issueTokens, revokeTokens } = oidcProviderHooks(provider)

  const exchange = new TokenExchange({
    ...options,
    protector: services.protector,
    hooks: {
      ...exchangeHooks(services),
      issueTokens,
      revokeTokens,
      scopesFor: scopeTable({ '': ['photos.read'] }, ['offline_access']),
    },
  })
  registerTokenExchange(provider, exchange)

  const stopUpkeep = startGrantUpkeep(services, revokeTokens)

  const close = async () => {
    await stopUpkeep()
    await services.close()
  }
  return { services, revokeTokens, close }
}

/** The partner's server, as a client of an oidc-provider. */
export async function partnerOf({ base, secret }: Oidc) {
  const as = (clientId: string) =>
    oidc.discovery(new URL(base), clientId, secret, undefined, { execute: [oidc.allowInsecureRequests] })
  const [app, api] = [await as('app'), await as('api')]
  const { grant_type: grant, ...others } = parameters
  return {
    async exchange({ oauthToken, oauthTokenSecret }: IssuedToken) {
      const presented = { ...others, subject_token: oauthToken, oauth_token_secret: oauthTokenSecret }
      const response = await oidc.genericGrantRequest(app, grant, presented)
      return { access: response.access_token, refresh: response.refresh_token ?? '' }
    },
    /** Whether the access token is good, and the refresh token too. */
    async isAlive({ access, refresh }: { readonly access: string; readonly refresh: string }) {
      const { active } = await oidc.tokenIntrospection(api, access)
      const refreshed = await oidc.tokenIntrospection(app, refresh)
      return [active, refreshed.active]
    },
  }
}
