/**
 * The way from OAuth 1.0 tokens to OAuth 2 ones without asking users again: `TokenExchange` exchanges tokens, and
 * `BearerProtector` accepts both kinds during the change.
 *
 * @example
 * ```ts
 * import { BearerProtector, clientPairs, scopeTable, TokenExchange } from 'countersign/bridge'
 *
 * const protector = new BearerProtector({ hooks, verifyBearer })
 * const exchange = new TokenExchange({
 *   protector,
 *   hooks: {
 *     ...hooks,
 *     ...clientPairs({ 'printer-key': 'printer' }),
 *     scopesFor: scopeTable({ read: ['photos.read'] }),
 *     issueTokens,
 *     revokeTokens,
 *   },
 * })
 * ```
 *
 * @module
 */
export type { ExchangeHookName, TokenGrantHooks, TokenGrants } from '../server/token-grants.ts'
export {
  type BearerIdentity,
  BearerProtector,
  type BearerProtectorOptions,
  type VerifyBearer,
} from './bearer-protector.ts'
export { clientPairs } from './client-pairs.ts'
export {
  type AuthenticateClient,
  type ClientCredentials,
  signedEndpoint,
  tokenEndpoint,
} from './endpoints.ts'
export {
  ExchangeError,
  type ExchangeErrorCode,
  type ExchangeRefusal,
  invalidGrant,
} from './exchange-error.ts'
export type { ExchangeHooks, IssuedTokens, IssueRequest } from './hooks.ts'
export { type OidcProvider, oidcProviderHooks, registerTokenExchange } from './oidc-provider.ts'
export { oauth1TokenType, type TokenExchangeOptions, xOAuth1TokenType } from './options.ts'
export { type ScopeTable, scopeTable } from './scopes.ts'
export { TokenExchange } from './token-exchange.ts'
export {
  accessTokenType,
  exchangeParameters,
  type TokenRequestParameters,
  tokenExchangeGrant,
} from './token-request.ts'
export type { TokenResponse } from './token-response.ts'
