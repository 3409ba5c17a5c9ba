import type { OAuth1Error } from '../errors.ts'
import type { Claim, Proof } from './authenticate.ts'
import type { Hooks } from './hooks.ts'
import type { Client, TemporaryCredential } from './models.ts'

// Where a credential that was refused may belong. It is looked for only to explain a refusal, and never lets one in.

/** A token that was found among those of another kind. */
export interface Elsewhere {
  /** Of the cause. */
  readonly code: string
  readonly tokenSecret: string
}

/** The temporary credential that a client used as a token. */
export async function temporaryCredentialAsToken(
  claim: Claim | undefined,
  hooks: Partial<Pick<Hooks, 'getTemporaryCredential'>>,
): Promise<Elsewhere | undefined> {
  const { oauthToken } = claim?.request ?? {}
  if (claim === undefined || oauthToken === undefined) return undefined
  const credential = await hooks.getTemporaryCredential?.(oauthToken)
  return credential?.clientId === claim.clientId
    ? { code: 'temporary-credential-as-token', tokenSecret: credential.oauthTokenSecret }
    : undefined
}

/** The token, or the temporary credential of another client, that a client wanted to exchange. */
export async function notToBeExchanged(
  claim: Claim | undefined,
  hooks: Partial<Pick<Hooks, 'queryToken' | 'getTemporaryCredential'>>,
): Promise<Elsewhere | undefined> {
  const { oauthToken } = claim?.request ?? {}
  if (claim === undefined || oauthToken === undefined) return undefined
  const credential = await hooks.getTemporaryCredential?.(oauthToken)
  if (credential !== undefined && credential.clientId !== claim.clientId)
    return { code: 'token-of-another-client', tokenSecret: credential.oauthTokenSecret }
  const token = await hooks.queryToken?.(claim.clientId, oauthToken)
  return token && { code: 'token-as-temporary-credential', tokenSecret: token.oauthTokenSecret }
}

/** What was wrong with a request whose signature held. */
export function causeAfterProof(
  { code }: OAuth1Error,
  claim: Claim | undefined,
  proof: Proof<Client, Partial<TemporaryCredential>> | undefined,
): string | undefined {
  if (proof === undefined) return undefined
  if (code === 'invalid_nonce') return 'nonce-reused'
  const { oauthVerifier } = proof.token ?? {}
  const sent = claim?.request.verifier
  if (code !== 'invalid_token' || !oauthVerifier || sent === undefined) return undefined
  return sent.replace(/\s/g, '') === oauthVerifier ? 'verifier-with-white-space' : 'wrong-verifier'
}
