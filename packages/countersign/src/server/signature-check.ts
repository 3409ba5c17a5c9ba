import type { RsaPublicKey } from '../crypto/rsa.ts'
import { ConfigurationError, OAuth1Error, StoreError } from '../errors.ts'
import { signatureMatches, type VerificationKeys } from '../protocol/signature-methods.ts'
import type { Claim } from './authenticate.ts'
import { dummyPublicKey, dummySecret } from './dummy-credential.ts'
import { type EventListener, reportFault } from './events.ts'
import type { Awaitable } from './hooks.ts'
import type { Found } from './lookup.ts'
import type { Client } from './models.ts'
import type { ResolvedOptions } from './options.ts'
import { otherSecretsOf, rsaKeysOf } from './other-keys.ts'

/** Anything with the secret of a token. */
export interface Secretive {
  readonly oauthTokenSecret: string
}

/**
 * The same work whether client and token are known or not: secrets that no client has replace missing or unusable ones,
 * so that neither the response nor its time tells a stranger which identifiers exist.
 *
 * If the signature is valid, the claim records which of the client's keys made it.
 */
export function signatureHolds<C extends Client, K extends Secretive>(
  claim: Claim,
  { client, token }: Found<C, K>,
  { on, mostKeys }: Pick<ResolvedOptions, 'on' | 'mostKeys'>,
  baseString: string = claim.request.baseString,
): Awaitable<boolean> {
  const { request, method } = claim
  const hasToken = request.oauthToken !== undefined
  const tokenSecret = hasToken ? (secretOfToken(client, token, on) ?? dummySecret()) : ''
  const isSymmetric = method.kind === 'symmetric'
  const clientSecret = (isSymmetric ? secretOfClient(client, tokenSecret, on) : '') ?? dummySecret()
  const publicKeys = isSymmetric ? [dummyPublicKey] : rsaKeysOf(client, mostKeys, on)
  const keys = { clientSecret, tokenSecret, publicKey: publicKeys[0] as RsaPublicKey }
  const held = holdsWith(keys, claim, baseString, client, on)
  if (held === true && isSymmetric && !client?.otherClientSecrets) return true
  const others = isSymmetric
    ? otherSecretsOf(client, mostKeys, on).map((clientSecret) => ({ ...keys, clientSecret }))
    : publicKeys.slice(1).map((publicKey) => ({ ...keys, publicKey }))
  return others.length === 0 ? held : anyHolds(held, others, claim, baseString, client, on)
}

/** Every key is tried, whichever matches, so that the time does not tell which. */
async function anyHolds(
  first: Awaitable<boolean>,
  others: readonly CheckedKeys[],
  claim: Claim,
  baseString: string,
  client: Client | undefined,
  on: EventListener | undefined,
): Promise<boolean> {
  const held = [await first]
  for (const keys of others) held.push(await holdsWith(keys, claim, baseString, client, on))
  const keyIndex = held.indexOf(true)
  if (keyIndex > 0) claim.keyIndex = keyIndex
  return keyIndex >= 0
}

type CheckedKeys = VerificationKeys & { readonly publicKey: RsaPublicKey }

function holdsWith(
  keys: CheckedKeys,
  claim: Claim,
  baseString: string,
  client: Client | undefined,
  on: EventListener | undefined,
): Awaitable<boolean> {
  try {
    const held = signatureMatches(claim.method, baseString, claim.signature, keys)
    return typeof held === 'boolean'
      ? held
      : held.catch((error) => holdsAfter(error, claim, baseString, client, keys, on))
  } catch (error) {
    return holdsAfter(error, claim, baseString, client, keys, on)
  }
}

/** False if the client caused the failed verification; any other failure is thrown. */
async function holdsAfter(
  error: unknown,
  { method, signature }: Claim,
  baseString: string,
  client: Client | undefined,
  { tokenSecret, publicKey }: CheckedKeys,
  on: EventListener | undefined,
): Promise<false> {
  const isSymmetric = method.kind === 'symmetric'
  // A custom asymmetric method may fail on the dummy key.
  if (!isSymmetric && publicKey === dummyPublicKey) return false
  if (client === undefined || error instanceof StoreError || error instanceof OAuth1Error) throw error
  try {
    const dummies = { clientSecret: dummySecret(), tokenSecret, publicKey: dummyPublicKey }
    await signatureMatches(method, baseString, signature, dummies)
  } catch {
    if (!(error instanceof ConfigurationError) || isSymmetric) throw error
  }
  // With other secrets it does not fail, so this client's stored data is at fault: the operator must know, not
  // strangers.
  reportFault(on, client.clientId, error as Error)
  return false
}

/**
 * An empty secret does not count, except together with a token's secret, and never for a client that has an RSA key.
 */
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
