import { StoreError } from '../../errors.ts'
import type { TokenFilter } from '../../server/hooks.ts'
import type { TokenCredential, TokenUse } from '../../server/models.ts'
import { systemClock } from '../shared/clock.ts'
import { listedTokens } from '../shared/listed-tokens.ts'

/** The number of tokens before the first search for expired ones. */
const fewest = 1024

/** Token credentials in this process's memory. Expired ones make room for new ones. */
export class MemoryTokens {
  readonly #byToken: Map<string, TokenCredential>
  readonly #now: () => number
  #sweepAt = fewest

  constructor(tokens: readonly TokenCredential[], now: () => number = systemClock) {
    this.#byToken = new Map(tokens.map((token) => [token.oauthToken, token]))
    this.#now = now
  }

  has(oauthToken: string): boolean {
    return this.#byToken.has(oauthToken)
  }

  find(clientId: string, oauthToken: string): TokenCredential | undefined {
    const token = this.#byToken.get(oauthToken)
    return token?.clientId === clientId ? token : undefined
  }

  /** @throws StoreError when a token of this name exists. */
  add(credential: TokenCredential): TokenCredential {
    if (this.has(credential.oauthToken))
      throw new StoreError('The token generator made a token that is in use.')
    if (this.#byToken.size >= this.#sweepAt) this.#sweep()
    this.#byToken.set(credential.oauthToken, credential)
    return credential
  }

  recordUse({ clientId, oauthToken, lastUsedAt }: TokenUse): void {
    const token = this.find(clientId, oauthToken)
    if (token && (token.lastUsedAt ?? Number.NEGATIVE_INFINITY) < lastUsedAt)
      this.#byToken.set(oauthToken, { ...token, lastUsedAt })
  }

  /** Never later than its current end. */
  limitLife(clientId: string, oauthToken: string, expiresAt: number): void {
    const token = this.find(clientId, oauthToken)
    if (token && (token.expiresAt ?? Number.POSITIVE_INFINITY) > expiresAt)
      this.#byToken.set(oauthToken, { ...token, expiresAt })
  }

  remove(clientId: string, oauthToken: string): boolean {
    return this.find(clientId, oauthToken) !== undefined && this.#byToken.delete(oauthToken)
  }

  list(filter: TokenFilter): TokenCredential[] {
    return listedTokens([...this.#byToken.values()], filter)
  }

  /** Runs whenever the number of tokens has doubled, so that the cost per token is constant. */
  #sweep(): void {
    const now = this.#now()
    for (const [oauthToken, { expiresAt }] of this.#byToken)
      if ((expiresAt ?? Number.POSITIVE_INFINITY) <= now) this.#byToken.delete(oauthToken)
    this.#sweepAt = Math.max(fewest, 2 * this.#byToken.size)
  }
}
