import type { CauseCode } from '../../../packages/countersign/src/diagnose/index.ts'
import type { Sent } from './capture.ts'

/** Who the clients sign for. Secrets with a reserved character, as providers issue them. */
export const credentials = {
  key: 'client-1',
  secret: 'client secret/1',
  token: 'token-1',
  tokenSecret: 'token secret+1',
} as const

/** A request that a client signs wrongly, or rightly. */
export interface Trial {
  /** What is odd about the request, or its signature. */
  readonly what: string
  /** What the diagnosis has to name, in any order; none for a right request. */
  readonly causes: readonly CauseCode[]
  /** An expected miss: the codes that the diagnosis gives so far, or none. */
  readonly instead?: readonly CauseCode[]
  send(): Promise<Sent> | Sent
}

/** A client that others wrote, and what it makes of some requests. */
export interface Client {
  readonly name: string
  readonly trials: readonly Trial[]
}
