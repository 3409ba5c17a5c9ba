import { StoreError } from 'countersign'
import type { ServerSession } from './server-session.ts'

/** A connection that has been idle this long is not trusted, because firewalls drop it silently. */
const idleMilliseconds = 60_000

interface Waiter {
  readonly take: (session: ServerSession) => void
  readonly fail: (error: unknown) => void
}

/** A limited number of connections to a server; if none is free, a caller waits for a limited time. */
export class ConnectionPool {
  readonly #connect: () => Promise<ServerSession>
  readonly #limit: number
  /** The last used one is at the end, and is reused first. */
  #idle: { readonly session: ServerSession; readonly since: number }[] = []
  readonly #waiting = new Set<Waiter>()
  #open = 0
  /** Connections that are being opened; each counts as open. */
  readonly #attempts = new Set<object>()
  #isClosed = false
  /** In use, and to be closed afterwards: they may be dead without having noticed. */
  readonly #suspected = new WeakSet<ServerSession>()
  readonly #used = new Set<ServerSession>()

  constructor(connect: () => Promise<ServerSession>, limit: number) {
    this.#connect = connect
    this.#limit = limit
  }

  /** @throws StoreError when none is free in time; the driver's error when the server cannot be reached. */
  acquire(deadlineMilliseconds: number): Promise<ServerSession> {
    if (this.#isClosed) return Promise.reject(new Error('The database is closed.'))
    const session = this.#takeIdle()
    if (session !== undefined) return Promise.resolve(session)
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer)
        this.#waiting.delete(waiter)
      }
      const waiter: Waiter = {
        take(session) {
          settle()
          resolve(session)
        },
        fail(error) {
          settle()
          reject(error)
        },
      }
      const late = () => {
        waiter.fail(new StoreError('No connection to the database was free in time.'))
        this.#abandonOne()
      }
      const wait = deadlineMilliseconds - performance.now()
      const timer = Number.isFinite(wait) ? setTimeout(late, Math.max(0, wait)) : undefined
      this.#waiting.add(waiter)
      if (this.#open < this.#limit) this.#openOne()
    })
  }

  release(session: ServerSession): void {
    if (this.#isClosed || session.isLost || this.#suspected.has(session)) {
      this.discard(session)
    } else {
      this.#used.delete(session)
      this.#hand(session)
    }
  }

  /** Closes a connection that is in use. */
  discard(session: ServerSession): void {
    if (!this.#used.delete(session)) return
    session.close()
    this.#open--
    if (this.#waiting.size > 0 && !this.#isClosed) this.#openOne()
  }

  /**
   * Distrusts all connections that are open now: one of them has just failed, and the others lead to the same server.
   */
  suspectAll(): void {
    for (const { session } of this.#idle.splice(0)) this.#closeIdle(session)
    for (const session of this.#used) this.#suspected.add(session)
  }

  /** Closes all; those in use are closed when they are released. */
  close(): void {
    this.#isClosed = true
    for (const { fail } of [...this.#waiting]) fail(new Error('The database is closed.'))
    for (const { session } of this.#idle.splice(0)) this.#closeIdle(session)
  }

  #takeIdle(): ServerSession | undefined {
    const oldest = performance.now() - idleMilliseconds
    while (this.#idle[0] !== undefined && this.#idle[0].since < oldest)
      this.#closeIdle((this.#idle.shift() as { session: ServerSession }).session)
    for (let last = this.#idle.pop(); last !== undefined; last = this.#idle.pop()) {
      if (!last.session.isLost) {
        this.#used.add(last.session)
        return last.session
      }
      this.#closeIdle(last.session)
    }
    return undefined
  }

  #closeIdle(session: ServerSession): void {
    session.close()
    this.#open--
  }

  /** To the caller that has waited longest. */
  #hand(session: ServerSession): void {
    const [waiter] = this.#waiting
    if (waiter === undefined) {
      this.#idle.push({ session, since: performance.now() })
    } else {
      this.#used.add(session)
      waiter.take(session)
    }
  }

  #openOne(): void {
    const attempt = {}
    this.#attempts.add(attempt)
    this.#open++
    this.#connect().then(
      (session) => {
        if (this.#end(attempt)) this.#hand(session)
        else session.close()
      },
      (error) => {
        if (!this.#end(attempt)) return
        this.#open--
        const [waiter] = this.#waiting
        waiter?.fail(error)
        // The next caller makes its own attempt.
        if (this.#waiting.size > this.#attempts.size) this.#openOne()
      },
    )
  }

  /** Returns whether it still counted. */
  #end(attempt: object): boolean {
    return this.#attempts.delete(attempt) && !this.#isClosed
  }

  /** A server that hung must not delay callers once it is back. */
  #abandonOne(): void {
    const [attempt] = this.#attempts
    if (attempt === undefined || this.#attempts.size <= this.#waiting.size) return
    this.#attempts.delete(attempt)
    this.#open--
  }
}
