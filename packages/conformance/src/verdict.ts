import type { Exchange } from './http/message.ts'

/** The provider did not do what it should. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly expected: string
  readonly received: string
  /** The request that showed it; by default, the last one of the case. */
  readonly exchange: Exchange | undefined

  constructor(expected: string, received: string, exchange?: Exchange) {
    super(`Expected ${expected}; received ${received}`)
    this.expected = expected
    this.received = received
    this.exchange = exchange
  }
}

/** The case cannot be tried with this target; the message says why. */
export class Skip extends Error {
  override readonly name = 'Skip'
}
