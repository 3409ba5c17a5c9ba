import type { Logger } from 'pino'
import type { ProviderHooks, ProviderToken } from '../database/schema.ts'
import { nowSeconds } from '../random.ts'

/** One write an hour is precise enough for a token's last use. */
const writtenSeconds = 3600
const delayMilliseconds = 2_000
/** The most tokens whose last write is remembered, and the most that wait to be written, both oldest first. */
const maxKnown = 20_000
const maxWaiting = 5_000

type UsedToken = Pick<ProviderToken, 'clientId' | 'oauthToken' | 'lastUsedAt'>

/**
 * Records when each token was last used, to show its user. No request waits for it: uses are written a moment later, at
 * most once an hour for a token, and those beyond the bounds are written at a later use.
 */
export class TokenUses {
  readonly #hooks: Pick<ProviderHooks, 'recordTokenUse'>
  readonly #log: Logger
  /** When a token's use was last recorded here: a cache may still return the earlier time. */
  readonly #known = new Map<string, number>()
  #waiting = new Map<string, { readonly clientId: string; readonly lastUsedAt: number }>()
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(hooks: Pick<ProviderHooks, 'recordTokenUse'>, log: Logger) {
    this.#hooks = hooks
    this.#log = log
  }

  /** Records that a request with this token was accepted. */
  note({ clientId, oauthToken, lastUsedAt }: UsedToken): void {
    // Recording a Bearer token's use is up to its own server.
    if (oauthToken === '') return
    const now = nowSeconds()
    const last = Math.max(lastUsedAt ?? 0, this.#known.get(oauthToken) ?? 0)
    if (now - last < writtenSeconds || this.#isClosed || this.#waiting.size >= maxWaiting) return
    this.#remember(oauthToken, now)
    this.#waiting.set(oauthToken, { clientId, lastUsedAt: now })
    this.#timer ??= setTimeout(() => void this.flush(), delayMilliseconds).unref()
  }

  /** Writes waiting uses. A failure is logged, and loses the time of these uses. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writing = this.#writing.then(() => this.#write())
    return this.#writing
  }

  /** Writes waiting uses, and accepts no more. */
  close(): Promise<void> {
    this.#isClosed = true
    return this.flush()
  }

  #remember(oauthToken: string, at: number): void {
    // Set again, it becomes the newest.
    this.#known.delete(oauthToken)
    this.#known.set(oauthToken, at)
    if (this.#known.size <= maxKnown) return
    const oldest = this.#known.keys().next()
    if (!oldest.done) this.#known.delete(oldest.value)
  }

  async #write(): Promise<void> {
    const uses = [...this.#waiting]
    this.#waiting = new Map()
    try {
      // One after another, so that the API's reads come in between.
      for (const [oauthToken, { clientId, lastUsedAt }] of uses)
        await this.#hooks.recordTokenUse({ clientId, oauthToken, lastUsedAt })
    } catch (err) {
      this.#log.error({ err, uses: uses.length }, 'the last use of tokens was not written')
    }
  }
}
