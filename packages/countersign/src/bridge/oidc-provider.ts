import { OAuth1Error, StoreError } from '../errors.ts'
import type { Client, TokenCredential } from '../server/models.ts'
import { ExchangeError } from './exchange-error.ts'
import type { ExchangeHooks, IssuedTokens, IssueRequest } from './hooks.ts'
import type { TokenExchange } from './token-exchange.ts'
import { exchangeParameters, type TokenRequestParameters, tokenExchangeGrant } from './token-request.ts'

/** The subset of an oidc-provider client that countersign uses. */
interface OidcClient {
  readonly clientId: string
  grantTypeAllowed(type: string): boolean
  readonly dpopBoundAccessTokens?: boolean | undefined
  readonly tlsClientCertificateBoundAccessTokens?: boolean | undefined
}

interface OidcToken {
  readonly expiration: number
  save(): Promise<string>
}

interface OidcTokenClass {
  new (token: object): OidcToken
  revokeByGrantId(grantId: string): Promise<unknown>
}

interface OidcGrant {
  addOIDCScope(scope: string): unknown
  save(): Promise<string>
  destroy(): Promise<unknown>
}

/** The models of a provider that an exchange works with. */
interface Models {
  readonly Client: OidcProvider['Client']
  readonly Grant: { new (grant: object): OidcGrant; find(grantId: string): Promise<OidcGrant | undefined> }
  readonly AccessToken: OidcTokenClass
  readonly RefreshToken: OidcTokenClass
}

interface OidcContext {
  readonly oidc: {
    readonly client?: { readonly clientId: string } | undefined
    readonly params?: object | undefined
  }
  body?: unknown
}

/** The subset of an oidc-provider that countersign uses; the `Provider` of version 9 fits. */
export interface OidcProvider {
  readonly Client: { find(clientId: string): Promise<unknown> }
  readonly Grant: unknown
  readonly AccessToken: unknown
  readonly RefreshToken: unknown
  registerGrantType(...given: never[]): unknown
}

/** `registerGrantType` as countersign calls it: with a subset of the handler's context. */
interface GrantTypes {
  registerGrantType(
    name: string,
    handler: (context: OidcContext) => Promise<void>,
    parameters: readonly string[],
  ): unknown
}

/**
 * The hooks `issueTokens` and `revokeTokens` over an oidc-provider: opaque access tokens, and a refresh token for clients
 * with the grant type `refresh_token` where `offline_access` is among the scopes. Every scope must be in the provider's
 * `scopes`.
 *
 * @example
 * ```ts
 * const exchange = new TokenExchange({ hooks: { ...stores, ...oidcProviderHooks(provider), scopesFor }, protector })
 * registerTokenExchange(provider, exchange)
 * ```
 */
export function oidcProviderHooks(
  provider: OidcProvider,
): Required<Pick<ExchangeHooks, 'issueTokens' | 'revokeTokens'>> {
  const { Client, Grant, AccessToken, RefreshToken } = provider as Models
  return {
    issueTokens: (request) => issue({ Client, Grant, AccessToken, RefreshToken }, request),
    async revokeTokens(grantId) {
      // The grant first: without it, none of its tokens is valid.
      await (await Grant.find(grantId))?.destroy()
      await Promise.all([AccessToken.revokeByGrantId(grantId), RefreshToken.revokeByGrantId(grantId)])
    },
  }
}

async function issue(
  { Client, Grant, AccessToken, RefreshToken }: Models,
  { grantId, subject, oauth2ClientId, scopes }: IssueRequest,
): Promise<IssuedTokens> {
  const client = exchangingClient(await Client.find(oauth2ClientId))
  const accountId = String(subject)
  const grant = new Grant({ accountId, clientId: client.clientId, jti: grantId })
  grant.addOIDCScope(scopes.join(' '))
  await grant.save()
  const token = { accountId, client, grantId, gty: tokenExchangeGrant, scope: scopes.join(' ') }
  const access = new AccessToken(token)
  const accessToken = await access.save()
  const isRefreshable = client.grantTypeAllowed('refresh_token') && scopes.includes('offline_access')
  return {
    accessToken,
    expiresIn: access.expiration,
    ...(isRefreshable && { refreshToken: await new RefreshToken(token).save() }),
  }
}

/** @throws ExchangeError for a client whose tokens must be bound to a key or a certificate. */
function exchangingClient(found: unknown): OidcClient {
  const client = found as OidcClient | undefined
  if (client === undefined) throw new StoreError('The paired OAuth 2 client is not registered.')
  if (client.dpopBoundAccessTokens || client.tlsClientCertificateBoundAccessTokens)
    throw new ExchangeError(
      'unauthorized_client',
      'Tokens of this client are sender-constrained; exchanged ones are not.',
    )
  return client
}

/**
 * Registers token exchange as a grant type of an oidc-provider. A client that may use it has
 * `urn:ietf:params:oauth:grant-type:token-exchange` among its `grant_types`; oidc-provider authenticates it.
 */
export function registerTokenExchange<C extends Client, T extends TokenCredential>(
  provider: OidcProvider,
  exchange: TokenExchange<C, T>,
): void {
  const handler = async (context: OidcContext): Promise<void> => {
    const { client, params = {} } = context.oidc
    try {
      context.body = await exchange.exchange(client?.clientId ?? '', params as TokenRequestParameters)
    } catch (error) {
      throw asOidcError(error)
    }
  }
  ;(provider as unknown as GrantTypes).registerGrantType(tokenExchangeGrant, handler, exchangeParameters)
}

/** oidc-provider sends the message of an error as `error`. */
function asOidcError(error: unknown): unknown {
  if (!(error instanceof ExchangeError || error instanceof OAuth1Error)) return error
  const { code, status, statusCode } = error
  const description = error instanceof ExchangeError ? error.error_description : error.description
  return Object.assign(new Error(code), {
    expose: true,
    error: code,
    error_description: description,
    status,
    statusCode,
  })
}
