import { parseSetCookie } from 'set-cookie-parser'
import { headersOf, type WireResponse } from '../http/message.ts'

interface Kept {
  readonly value: string
  /** Browsers never send such a cookie with a form of another site. */
  readonly isSameSite: boolean
}

/** The cookies of one provider: a session, and whatever guards its forms. */
export class CookieJar {
  readonly #cookies = new Map<string, Kept>()

  keep(response: WireResponse): void {
    for (const line of headersOf(response, 'set-cookie')) {
      for (const { name, value, expires, maxAge, sameSite } of parseSetCookie(line, {
        decodeValues: false,
      })) {
        const isOver =
          maxAge === undefined ? expires !== undefined && expires.getTime() < Date.now() : maxAge <= 0
        if (isOver) this.#cookies.delete(name)
        else this.#cookies.set(name, { value, isSameSite: /^(?:lax|strict)$/i.test(sameSite ?? '') })
      }
    }
  }

  /** The value of the `Cookie` header; undefined if there is nothing to send. */
  header({ fromOtherSite = false } = {}): string | undefined {
    const sent = [...this.#cookies].filter(([, { isSameSite }]) => !(fromOtherSite && isSameSite))
    return sent.length === 0 ? undefined : sent.map(([name, { value }]) => `${name}=${value}`).join('; ')
  }
}
