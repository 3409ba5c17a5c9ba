import { UndecidableError } from '../errors.ts'

/** More than are exchanged while one request is under way; the oldest make room. */
const most = 10_000

/**
 * The temporary credentials that are being exchanged in this process, or were lately: of many requests at once for one of
 * them only the first makes a token. Across processes the store decides.
 */
export class ExchangedCredentials {
  readonly #tokens = new Set<string>()

  /**
   * @returns How to let the client try again, when the exchange failed.
   * @throws OAuth1Error when the credential is being exchanged, or was.
   */
  begin(oauthToken: string): () => void {
    if (this.#tokens.has(oauthToken)) throw new UndecidableError('unknown')
    this.#tokens.add(oauthToken)
    if (this.#tokens.size > most) this.#tokens.delete(this.#tokens.values().next().value as string)
    return () => this.#tokens.delete(oauthToken)
  }
}
