import { unknownTemporaryCredential } from './temporary-credential.ts'

/** More than are exchanged while one request is under way; the oldest make room. */
const most = 10_000

/**
 * The temporary credentials that are being exchanged in this process, or were lately: of many requests at once for one of
 * them only the first makes a token. Across processes the store decides.
 */
export class ExchangedCredentials {
  readonly #tokens = new Set<string>()

  /** @throws OAuth1Error when the credential is being exchanged, or was. */
  async once<R>(oauthToken: string, exchange: () => Promise<R>): Promise<R> {
    if (this.#tokens.has(oauthToken)) throw unknownTemporaryCredential()
    this.#tokens.add(oauthToken)
    if (this.#tokens.size > most) this.#tokens.delete(this.#tokens.values().next().value as string)
    try {
      return await exchange()
    } catch (error) {
      // The client may ask again.
      this.#tokens.delete(oauthToken)
      throw error
    }
  }
}
