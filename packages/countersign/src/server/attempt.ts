import type { OAuth1Request } from '../protocol/request.ts'
import { admitProven } from './admission.ts'
import { type Claim, type Proof, prove, readClaim } from './authenticate.ts'
import type { Found } from './lookup.ts'
import type { Client, TemporaryCredential } from './models.ts'
import type { ResolvedOptions } from './options.ts'
import type { Attempt } from './refusal.ts'
import type { Secretive } from './signature-check.ts'

// The two gates for a request to one of the server's endpoints. They record its progress in the attempt, for a refusal.

/** The first gate. @throws OAuth1Error */
export function claimOf(request: OAuth1Request, attempt: Attempt, options: ResolvedOptions): Claim {
  const claim = readClaim(request, attempt.endpoint, options)
  attempt.claim = claim
  return claim
}

/** The second gate, with the stored data. @throws OAuth1Error */
export async function proofOf<
  C extends Client,
  K extends Secretive & Partial<Pick<TemporaryCredential, 'oauthVerifier' | 'oauthCallback'>>,
>(claim: Claim, found: Found<C, K>, attempt: Attempt, options: ResolvedOptions): Promise<Proof<C, K>> {
  claim.found = found
  const proof = await prove(claim, found, options)
  attempt.proof = proof
  if (options.admit !== undefined) admitProven(options.admit, claim, proof)
  return proof
}
