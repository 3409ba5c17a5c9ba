import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { ConfigurationError } from 'countersign'
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'
import { reasonOf } from '../settings/settings-file.ts'

/** A key that signs assertions, and its public key. */
export interface AssertionKey {
  readonly algorithm: 'ES256' | 'RS256'
  readonly keyId: string
  readonly privateKey: CryptoKey | KeyObject
  /** With `kid`, `alg` and `use`. */
  readonly publicKey: JWK
}

/** The source of the assertion keys. */
export interface AssertionKeys {
  /** The key that signs now. */
  current(): Promise<AssertionKey>
  /** Every key that an upstream may meet: past, current and next. */
  published(): Promise<{ readonly keys: readonly JWK[] }>
}

/** How long a key signs. It is published for the same time before and after. */
const rotationSeconds = 24 * 3600

/**
 * Keys that this process generates itself. The next one is published long before it signs, and the last one long after,
 * so upstreams that cache the list for hours never meet an unknown key.
 *
 * @param now - Seconds since 1970.
 */
export class RotatingKeys implements AssertionKeys {
  readonly #algorithm: AssertionKey['algorithm']
  readonly #now: () => number
  /** Past, current and next; without the past one until the first rotation. */
  #keys: Promise<readonly AssertionKey[]>
  #rotatesAt: number

  constructor(algorithm: AssertionKey['algorithm'], now: () => number) {
    this.#algorithm = algorithm
    this.#now = now
    this.#keys = Promise.all([generated(algorithm), generated(algorithm)])
    this.#rotatesAt = now() + rotationSeconds
  }

  async current(): Promise<AssertionKey> {
    return (await this.#rotated()).at(-2) as AssertionKey
  }

  async published(): Promise<{ readonly keys: readonly JWK[] }> {
    return { keys: (await this.#rotated()).map(({ publicKey }) => publicKey) }
  }

  /** A process that had nothing to sign may have missed several rotations. */
  #rotated(): Promise<readonly AssertionKey[]> {
    if (this.#now() >= this.#rotatesAt) {
      this.#rotatesAt = this.#now() + rotationSeconds
      const earlier = this.#keys
      this.#keys = (async () => [...(await earlier).slice(-2), await generated(this.#algorithm)])()
    }
    return this.#keys
  }
}

/**
 * The single key in a file, PEM or JWK, for several gateways that share one key.
 *
 * @throws ConfigurationError when the file has no usable key.
 */
export async function keyOfFile(file: string): Promise<AssertionKeys> {
  const privateKey = readPrivateKey(file)
  const algorithm = algorithmOf(privateKey, file)
  const key = await described(algorithm, privateKey, await exportJWK(createPublicKey(privateKey)))
  return { current: async () => key, published: async () => ({ keys: [key.publicKey] }) }
}

async function generated(algorithm: AssertionKey['algorithm']): Promise<AssertionKey> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm)
  return described(algorithm, privateKey, await exportJWK(publicKey))
}

async function described(
  algorithm: AssertionKey['algorithm'],
  privateKey: AssertionKey['privateKey'],
  publicKey: JWK,
): Promise<AssertionKey> {
  const keyId = await calculateJwkThumbprint(publicKey)
  return {
    algorithm,
    keyId,
    privateKey,
    publicKey: { ...publicKey, kid: keyId, alg: algorithm, use: 'sig' },
  }
}

function readPrivateKey(file: string): KeyObject {
  let text: string
  try {
    text = readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw keyFault(file, reasonOf(error))
  }
  try {
    return text.startsWith('{')
      ? createPrivateKey({ key: JSON.parse(text), format: 'jwk' })
      : createPrivateKey(text)
  } catch {
    // Never the cause: it may quote the key.
    throw keyFault(
      file,
      'contains no private key as PEM or JWK; make one with openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256',
    )
  }
}

function algorithmOf(
  { asymmetricKeyType, asymmetricKeyDetails }: KeyObject,
  file: string,
): AssertionKey['algorithm'] {
  if (asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1') return 'ES256'
  if (asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048) return 'RS256'
  throw keyFault(file, 'must contain a key on the curve P-256, or an RSA key of 2048 bits or more')
}

function keyFault(file: string, reason: string): ConfigurationError {
  return new ConfigurationError(`GATEWAY_ASSERTION_KEY_FILE: the file ${file} ${reason}.`)
}
