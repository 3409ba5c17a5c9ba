import { StoreError } from '../errors.ts'
import type { IssuedTokens } from './hooks.ts'
import { accessTokenType } from './token-request.ts'

/** The response to an exchange (RFC 6749 §5.1, RFC 8693 §2.2.1). */
export interface TokenResponse {
  readonly access_token: string
  readonly issued_token_type: string
  readonly token_type: string
  /** Seconds. */
  readonly expires_in?: number
  readonly refresh_token?: string
  /** The issued scopes, space-separated. */
  readonly scope: string
}

export function tokenResponse(
  { accessToken, tokenType = 'Bearer', expiresIn, refreshToken }: IssuedTokens,
  scopes: readonly string[],
): TokenResponse {
  return {
    access_token: accessToken,
    issued_token_type: accessTokenType,
    token_type: tokenType,
    ...(expiresIn !== undefined && { expires_in: expiresIn }),
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    scope: scopes.join(' '),
  }
}

/** @throws StoreError when the hook issued nothing. */
export function checkIssued(issued: IssuedTokens): IssuedTokens {
  if (typeof issued?.accessToken === 'string' && issued.accessToken !== '') return issued
  throw new StoreError('The issueTokens hook returned no accessToken.')
}
