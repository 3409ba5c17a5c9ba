import { StoreError } from 'countersign'
import type { Logger } from 'pino'

/** How long one command may take. */
const commandMilliseconds = 1_000

/**
 * Bounds the time of commands, and logs an outage once. While Redis hangs, further commands fail at once and are not
 * even sent: a socket that is written to never counts as idle, and would never be closed.
 */
export class RedisHealth {
  readonly #log: Logger
  readonly #isReply: (error: unknown) => boolean
  #isHanging = false
  #isLost = false
  #isClosed = false

  /** @param isReply - Whether an error is a reply of Redis, rather than the loss of the connection. */
  constructor(log: Logger, isReply: (error: unknown) => boolean) {
    this.#log = log
    this.#isReply = isReply
  }

  /** @throws StoreError when the command fails, or takes longer than a second. */
  async bounded<R>(start: () => Promise<R>): Promise<R> {
    if (this.#isHanging) throw new StoreError('Redis does not respond.')
    let timer: NodeJS.Timeout | undefined
    try {
      const reply = start()
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
          this.#isHanging = true
          const error = new StoreError(`Redis did not reply within ${commandMilliseconds} ms.`)
          this.lost(error)
          reject(error)
          // It hangs until this command ends, successfully or not.
          reply.then(
            () => this.regained(),
            (ended: unknown) => this.#endedLate(ended),
          )
        }, commandMilliseconds)
      })
      const result = await Promise.race([reply, late])
      this.regained()
      return result
    } catch (cause) {
      throw cause instanceof StoreError ? cause : new StoreError('Redis failed.', { cause })
    } finally {
      clearTimeout(timer)
    }
  }

  #endedLate(error: unknown): void {
    const cause = error instanceof StoreError ? error.cause : error
    if (this.#isReply(cause)) this.regained()
    else this.#isHanging = false
  }

  lost(error: unknown): void {
    if (this.#isLost || this.#isClosed) return
    this.#isLost = true
    const { message, code } = error as NodeJS.ErrnoException
    this.#log.error({ reason: message || code }, 'Redis cannot be reached')
  }

  regained(): void {
    this.#isHanging = false
    if (!this.#isLost) return
    this.#isLost = false
    this.#log.info('Redis can be reached again')
  }

  /** Errors from here on are not an outage. */
  close(): void {
    this.#isClosed = true
  }
}
