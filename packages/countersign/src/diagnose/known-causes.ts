import { constantTimeEqual } from '../crypto/compare.ts'
import { UndecidableError } from '../errors.ts'
import type { DiagnosisSecrets } from '../protocol/diagnosis.ts'
import type { Claim } from '../server/authenticate.ts'
import { dummySecret } from '../server/dummy-credential.ts'
import type { ResolvedOptions } from '../server/options.ts'
import { otherSecretsOf } from '../server/other-keys.ts'
import type { Refusal } from '../server/refusal.ts'
import type { CauseCode } from './causes.ts'

/** What the server knew about a refused request before any trial. */
export interface Known {
  readonly cause: CauseCode | undefined
  readonly secrets: DiagnosisSecrets
  /** The secret of another client's token, which proves nothing about this client. */
  readonly foreignSecret?: string
}

/** Finds the owner of a token that does not belong to this client. */
export type FindToken = (
  oauthToken: string,
) => Promise<{ readonly clientId: string; readonly oauthTokenSecret: string } | undefined>

/**
 * The secrets to try, and the cause if it is clear without looking at the signature. An unknown client has no secrets,
 * so nothing is tried.
 */
export async function knownOf(
  refusal: Refusal,
  { clientId, found, request: { oauthToken } }: Claim,
  findToken: FindToken | undefined,
): Promise<Known> {
  const { client, token } = found ?? {}
  if (client === undefined) return { cause: 'unknown-client', secrets: {} }
  const secrets = {
    clientSecret: client.clientSecret ?? undefined,
    otherClientSecrets: otherSecretsOf(client, refusal.options.mostKeys, ignore),
    tokenSecret: token?.oauthTokenSecret,
    publicKey: client.rsaPublicKey ?? undefined,
  }
  if (oauthToken === undefined || token !== undefined)
    return { cause: refusal.error.code === 'invalid_nonce' ? 'wrong-clock' : undefined, secrets }
  const elsewhere = await findElsewhere(refusal, clientId, oauthToken, findToken)
  if (elsewhere === undefined) return { cause: 'unknown-token', secrets }
  return elsewhere.cause === 'token-of-another-client'
    ? { cause: elsewhere.cause, secrets, foreignSecret: elsewhere.tokenSecret }
    : { cause: elsewhere.cause, secrets: { ...secrets, tokenSecret: elsewhere.tokenSecret } }
}

/** Secrets that no client has: trying them takes as long, and finds nothing. */
export function decoys({ mostKeys }: Pick<ResolvedOptions, 'mostKeys'>): DiagnosisSecrets {
  const otherClientSecrets = otherSecretsOf(undefined, mostKeys, ignore)
  return { clientSecret: dummySecret(), otherClientSecrets, tokenSecret: dummySecret() }
}

/** Faults in the stored secrets were reported when the signature was checked. */
function ignore(): void {}

/** The cause of a refusal although the signature matched. */
export function causeAfterProof({ error, claim, proof }: Refusal): CauseCode | undefined {
  if (error.code === 'invalid_nonce') return 'nonce-reused'
  const kept = proof?.token?.oauthVerifier
  const sent = claim?.request.verifier
  // If the credential has been exchanged meanwhile, its verifier was right.
  if (error.code !== 'invalid_token' || error instanceof UndecidableError) return undefined
  if (!kept || sent === undefined) return undefined
  return constantTimeEqual(sent.replace(/\s/g, ''), kept) ? 'verifier-with-white-space' : 'wrong-verifier'
}

/** Looks for the token among other kinds and clients: with its secret the sender can prove possession of it. */
async function findElsewhere(
  { endpoint, hooks }: Refusal,
  clientId: string,
  oauthToken: string,
  findToken: FindToken | undefined,
): Promise<{ readonly cause: CauseCode; readonly tokenSecret: string } | undefined> {
  const temporary = await hooks.getTemporaryCredential?.(oauthToken)
  if (temporary !== undefined) {
    const cause =
      temporary.clientId === clientId ? 'temporary-credential-as-token' : 'token-of-another-client'
    return endpoint === 'token' && temporary.clientId === clientId
      ? undefined
      : { cause, tokenSecret: temporary.oauthTokenSecret }
  }
  const own = endpoint === 'token' ? await hooks.queryToken?.(clientId, oauthToken) : undefined
  if (own !== undefined) return { cause: 'token-as-temporary-credential', tokenSecret: own.oauthTokenSecret }
  const token = await findToken?.(oauthToken)
  return token !== undefined && token.clientId !== clientId
    ? { cause: 'token-of-another-client', tokenSecret: token.oauthTokenSecret }
    : undefined
}
