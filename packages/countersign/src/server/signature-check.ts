import { ConfigurationError, OAuth1Error, StoreError } from '../errors.ts'
import { signatureMatches, type VerificationKeys } from '../protocol/signature-methods.ts'
import type { Claim } from './authenticate.ts'
import { dummyPublicKey, dummySecret } from './dummy-credential.ts'
import { type EventListener, reportFault } from './events.ts'
import type { Awaitable } from './hooks.ts'
import type { Found } from './lookup.ts'
import type { Client } from './models.ts'

/** Anything with the secret of a token. */
export interface Secretive {
  readonly oauthTokenSecret: string
}

/**
 * The same work whether client and token are known or not: what is missing, or cannot be used, is replaced by secrets
 * that no client has, so that neither the response nor its time tells a stranger which identifiers exist.
 */
export function signatureHolds<C extends Client, K extends Secretive>(
  claim: Claim,
  { client, token }: Found<C, K>,
  on: EventListener | undefined,
  baseString: string = claim.request.baseString,
): Awaitable<boolean> {
  const { request, method, signature } = claim
  const hasToken = request.oauthToken !== undefined
  const tokenSecret = hasToken ? (secretOfToken(client, token, on) ?? dummySecret()) : ''
  const clientSecret =
    (method.kind === 'symmetric' ? secretOfClient(client, tokenSecret, on) : '') ?? dummySecret()
  const keys = { clientSecret, tokenSecret, publicKey: client?.rsaPublicKey || dummyPublicKey }
  try {
    const held = signatureMatches(method, baseString, signature, keys)
    return typeof held === 'boolean'
      ? held
      : held.catch((error) => holdsAfter(error, claim, baseString, client, keys, on))
  } catch (error) {
    return holdsAfter(error, claim, baseString, client, keys, on)
  }
}

/** False where the failed verification is the client's own fault; any other failure is thrown. */
async function holdsAfter(
  error: unknown,
  { method, signature }: Claim,
  baseString: string,
  client: Client | undefined,
  { tokenSecret, publicKey }: VerificationKeys,
  on: EventListener | undefined,
): Promise<false> {
  const isSymmetric = method.kind === 'symmetric'
  // An asymmetric method of the application's own may not know what to do with the dummy key.
  if (!isSymmetric && publicKey === dummyPublicKey) return false
  if (client === undefined || error instanceof StoreError || error instanceof OAuth1Error) throw error
  try {
    const dummies = { clientSecret: dummySecret(), tokenSecret, publicKey: dummyPublicKey }
    await signatureMatches(method, baseString, signature, dummies)
  } catch {
    if (!(error instanceof ConfigurationError) || isSymmetric) throw error
  }
  // With other secrets it does not fail, so what is stored of this client is at fault: for the operator, not for strangers.
  reportFault(on, client.clientId, error as Error)
  return false
}

/** An empty secret is no secret: it counts only beside a token's, and never for a client that has an RSA key to sign with. */
function secretOfClient(
  client: Client | undefined,
  tokenSecret: string,
  on: EventListener | undefined,
): string | undefined {
  const secret: unknown = client?.clientSecret
  if (client === undefined || secret === undefined || secret === null) return undefined
  if (typeof secret !== 'string') {
    reportFault(on, client.clientId, new TypeError('Its clientSecret is no text.'))
    return undefined
  }
  if (secret !== '') return secret
  return tokenSecret !== '' && !client.rsaPublicKey ? '' : undefined
}

function secretOfToken(
  client: Client | undefined,
  token: Secretive | undefined,
  on: EventListener | undefined,
): string | undefined {
  const secret: unknown = token?.oauthTokenSecret
  if (typeof secret === 'string') return secret
  if (client && token)
    reportFault(on, client.clientId, new TypeError('The oauthTokenSecret of a token is no text.'))
  return undefined
}
