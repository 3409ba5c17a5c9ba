import { generateKeyPairSync } from 'node:crypto'
import type { CauseCode } from '../../../packages/countersign/src/diagnose/index.ts'
import type { Sent } from './capture.ts'

/** Who the clients sign for. Secrets with a reserved character, as providers issue them. */
export const credentials = {
  key: 'client-1',
  secret: 'client secret/1',
  token: 'token-1',
  tokenSecret: 'token secret+1',
} as const

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
/** Of the clients that sign with RSA. */
export const rsaKeys = {
  privateKey: rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
  publicKey: rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
} as const

/** Mistakes that the diagnosis has no code for. */
export type Unnamed = 'question-mark-in-name-of-another-verb'

/** A request that a client signs wrongly, or rightly. */
export interface Trial {
  /** What is odd about the request, or its signature. */
  readonly what: string
  /** What the diagnosis has to name, in any order; none for a right request. */
  readonly causes: readonly (CauseCode | Unnamed)[]
  /** An expected miss: the codes that the diagnosis gives so far, or none. */
  readonly instead?: readonly (CauseCode | Unnamed)[]
  /** It has no token, so that no token's secret belongs into the key. */
  readonly isWithoutToken?: boolean
  send(): Promise<Sent> | Sent
}

/** A client that others wrote, and what it makes of some requests. */
export interface Client {
  readonly name: string
  readonly trials: readonly Trial[]
}
