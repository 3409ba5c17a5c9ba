import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { seal, sealingKey, unseal } from '../../accounts/sealed-text.ts'
import { nowSeconds } from '../../random.ts'
import { type CookieScope, cookieName, cookieOptions } from '../http/cookie-scope.ts'

/** A value that a browser keeps for a few minutes, and can neither read nor change. */
export class SealedCookie<T extends object> {
  readonly #title: string
  readonly #key: Buffer
  readonly #cookie: CookieScope
  readonly #seconds: number

  /** @param secret - A secret that all processes of this site share. */
  constructor(title: string, secret: string, cookie: CookieScope, seconds: number) {
    this.#title = title
    this.#key = sealingKey(`cookie ${title} with ${secret}`)
    this.#cookie = cookie
    this.#seconds = seconds
  }

  /** @param name - Distinguishes the cookies of one browser: several flows may be in progress in its tabs. */
  give(c: Context, name: string, value: T): void {
    this.#makeRoom(c)
    const expiresAt = nowSeconds() + this.#seconds
    const text = seal(this.#key, JSON.stringify({ name, expiresAt, value }))
    setCookie(c, this.#nameOf(name), text, { ...cookieOptions(this.#cookie), maxAge: this.#seconds })
  }

  /** Returns the value and deletes the cookie; undefined if it is missing, expired, or not from here. */
  take(c: Context, name: string): T | undefined {
    const value = this.read(c, name)
    if (value !== undefined) this.#end(c, this.#nameOf(name))
    return value
  }

  /** The value; the cookie stays. */
  read(c: Context, name: string): T | undefined {
    const sealed = getCookie(c, this.#nameOf(name))
    if (sealed === undefined) return undefined
    try {
      const opened = JSON.parse(unseal(this.#key, sealed))
      return opened.name === name && opened.expiresAt > nowSeconds() ? opened.value : undefined
    } catch {
      return undefined
    }
  }

  #nameOf(name: string): string {
    return cookieName(`countersign-${this.#title}-${name}`, this.#cookie)
  }

  #end(c: Context, cookie: string): void {
    deleteCookie(c, cookie, cookieOptions(this.#cookie))
  }

  /** A browser's Cookie header must not grow beyond what servers accept. */
  #makeRoom(c: Context): void {
    const prefix = this.#nameOf('')
    const own = Object.keys(getCookie(c)).filter((cookie) => cookie.startsWith(prefix))
    for (const cookie of own.slice(0, Math.max(0, own.length - maxAtOnce + 1))) this.#end(c, cookie)
  }
}

const maxAtOnce = 4
