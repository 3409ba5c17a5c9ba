import { UndecidableError } from '../errors.ts'

/** More than are exchanged during one request; the oldest make room. */
const most = 10_000

/**
 * The temporary credentials that are being exchanged in this process, or were recently: of many concurrent requests for
 * one of them, only the first issues a token. Across processes the store decides.
 */
export class ExchangedCredentials {
  readonly #tokens = new Set<string>()

  /**
   * @returns A function that lets the client try again, for when the exchange failed.
   * @throws OAuth1Error when the credential is being exchanged, or has been.
   */
  begin(oauthToken: string): () => void {
    if (this.#tokens.has(oauthToken)) throw new UndecidableError('unknown')
    this.#tokens.add(oauthToken)
    if (this.#tokens.size > most) this.#tokens.delete(this.#tokens.values().next().value as string)
    return () => this.#tokens.delete(oauthToken)
  }
}
