import type { RsaPublicKey } from '../crypto/rsa.ts'
import { splitRsaPublicKeys } from '../crypto/rsa-bundle.ts'
import { dummyPublicKey, dummySecret } from './dummy-credential.ts'
import { type EventListener, reportFault } from './events.ts'
import type { Client } from './models.ts'

/** The most keys of one client to try. */
export const maxOtherSecrets = 3
export const maxRsaKeys = 5

/**
 * The largest number of keys, beyond the first, of any client that a server has seen. This many are tried before any
 * signature is refused, so that the time does not tell a stranger which clients exist, or have several keys.
 */
export class MostKeys {
  otherSecrets = 0
  otherRsaKeys = 0
}

/** The secrets that are valid besides the first, padded with dummies if other clients have more. */
export function otherSecretsOf(
  client: Client | undefined,
  most: MostKeys,
  on: EventListener | undefined,
): readonly string[] {
  const given: unknown = client?.otherClientSecrets
  if (!given && most.otherSecrets === 0) return none
  const own = client && given ? usableSecrets(client.clientId, given, on) : none
  most.otherSecrets = Math.max(most.otherSecrets, own.length)
  return filled(own, most.otherSecrets, dummySecret)
}

/** All RSA keys, of which the first always exists, padded with dummies if other clients have more. */
export function rsaKeysOf(
  client: Client | undefined,
  most: MostKeys,
  on: EventListener | undefined,
): readonly RsaPublicKey[] {
  let own: readonly RsaPublicKey[] = client?.rsaPublicKey
    ? splitRsaPublicKeys(client.rsaPublicKey)
    : [dummyPublicKey]
  if (client) own = atMost(maxRsaKeys, own, 'rsaPublicKey', client.clientId, on)
  most.otherRsaKeys = Math.max(most.otherRsaKeys, own.length - 1)
  return filled(own, most.otherRsaKeys + 1, () => dummyPublicKey)
}

function usableSecrets(clientId: string, given: unknown, on: EventListener | undefined): readonly string[] {
  if (!Array.isArray(given) || given.some((secret) => typeof secret !== 'string')) {
    reportFault(on, clientId, new TypeError('Its otherClientSecrets are no list of texts.'))
    return none
  }
  // An empty secret does not count.
  return atMost(maxOtherSecrets, given.filter(Boolean), 'otherClientSecrets', clientId, on)
}

function atMost<K>(
  count: number,
  own: readonly K[],
  name: string,
  clientId: string,
  on: EventListener | undefined,
): readonly K[] {
  if (own.length <= count) return own
  reportFault(on, clientId, new RangeError(`Its ${name} holds more than ${count}.`))
  return own.slice(0, count)
}

function filled<K>(own: readonly K[], count: number, dummy: () => K): readonly K[] {
  return own.length === count
    ? own
    : Array.from({ length: count }, (_, at) => (at < own.length ? (own[at] as K) : dummy()))
}

const none: readonly never[] = []
