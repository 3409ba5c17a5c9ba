import type { ProviderHooks } from '../database/schema.ts'

/** The credential that a request's `oauth_token` names. */
export interface NamedCredential {
  readonly kind: 'temporary' | 'token'
  /** For signing and checking; no page shows it. */
  readonly secret: string
  /** Of an approved temporary credential. */
  readonly verifier: string | undefined
  /** Of a temporary credential. */
  readonly callback: string | undefined
  /** Whose account it gives access to; undefined before an approval, and for a token without a user. */
  readonly userId: number | undefined
}

/** The token or temporary credential of this client with this identifier: other clients' are treated as unknown. */
export async function namedCredential(
  { queryToken, getTemporaryCredential }: Pick<ProviderHooks, 'queryToken' | 'getTemporaryCredential'>,
  clientId: string,
  oauthToken: string | undefined,
): Promise<NamedCredential | undefined> {
  if (oauthToken === undefined || oauthToken === '') return undefined
  const token = await queryToken(clientId, oauthToken)
  if (token !== undefined) return credentialOf('token', token)
  const temporary = await getTemporaryCredential(oauthToken)
  return temporary?.clientId === clientId ? credentialOf('temporary', temporary) : undefined
}

function credentialOf(
  kind: NamedCredential['kind'],
  {
    oauthTokenSecret,
    oauthVerifier,
    oauthCallback,
    userId,
  }: {
    readonly oauthTokenSecret: string
    readonly oauthVerifier?: string | null | undefined
    readonly oauthCallback?: string
    readonly userId?: unknown
  },
): NamedCredential {
  return {
    kind,
    secret: oauthTokenSecret,
    verifier: oauthVerifier ?? undefined,
    callback: oauthCallback,
    userId: userId === undefined || userId === null ? undefined : Number(userId),
  }
}
