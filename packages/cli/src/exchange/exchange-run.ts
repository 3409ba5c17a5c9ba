import { askOnce, type Exchanging } from './exchange-request.ts'
import type { Journal } from './journal.ts'
import type { Outcome } from './outcome.ts'
import { backoffSeconds, Pace, pause } from './pace.ts'
import type { OldToken } from './token-file.ts'

/** The setting of a run. */
export interface RunSetting {
  readonly exchanging: Exchanging
  readonly moved: Journal
  readonly refused: Journal
  readonly concurrency: number
  /** How many times to try one token. */
  readonly tries: number
  /** If this many tokens in a row are refused, something else is wrong. */
  readonly refusals: number
}

/** Why a run ended early. */
export interface RunFault {
  readonly code: string
  readonly message: string
}

/** What a run has done so far. */
export interface RunCounts {
  moved: number
  refused: number
  /** The server did not respond for these. The next run tries them again. */
  postponed: number
}

interface Refused {
  readonly token: OldToken
  readonly outcome: Outcome & { readonly kind: 'refused' }
}

/** After this many tokens in a row without a response, the server counts as down. */
const mostPostponed = 3

/** Exchanges tokens, several at a time, and writes down what became of each. */
export class ExchangeRun {
  readonly counts: RunCounts = { moved: 0, refused: 0, postponed: 0 }
  readonly #setting: RunSetting
  readonly #ending: AbortController
  readonly #pace: Pace
  /** Refused since a token was last accepted. They are recorded once it is clear that the tokens are at fault. */
  #unproven: Refused[] = []
  #inARow = 0
  #fault: Error | RunFault | undefined

  /** @param ending - Aborted to end the run. Requests under way are finished. */
  constructor(setting: RunSetting, ending: AbortController) {
    this.#setting = setting
    this.#ending = ending
    this.#pace = new Pace(ending.signal)
  }

  /**
   * Exchanges all, and returns when the last outcome is written down.
   *
   * @returns Why it ended too early, if it did.
   * @throws Refusal when a file cannot be written.
   */
  async all(tokens: AsyncGenerator<OldToken>): Promise<RunFault | undefined> {
    const workers = Array.from({ length: this.#setting.concurrency }, () => this.#work(tokens))
    await Promise.all(workers)
    if (this.#fault === undefined && !this.#ending.signal.aborted) await this.#settleUnproven()
    if (this.#fault instanceof Error) throw this.#fault
    return this.#fault
  }

  async #work(tokens: AsyncGenerator<OldToken>): Promise<void> {
    try {
      while (!this.#ending.signal.aborted) {
        const { value, done } = await tokens.next()
        if (done) return
        await this.#move(value)
      }
    } catch (error) {
      this.#end(error as Error)
    }
  }

  async #move(token: OldToken): Promise<void> {
    for (let tries = 1; ; tries++) {
      await this.#pace.ready()
      if (this.#ending.signal.aborted) return
      const { moved } = this.counts
      const outcome = await askOnce(this.#setting.exchanging, token)
      if (outcome.kind !== 'later') return this.#settle(token, outcome)
      // If others get through, the server is up and only wants fewer requests.
      if (outcome.forAll && this.counts.moved > moved) tries = 0
      if (tries >= this.#setting.tries) return this.#postpone(outcome.told)
      await this.#wait(outcome, Math.max(tries, 1))
    }
  }

  async #wait({ seconds, forAll, told }: Outcome & { kind: 'later' }, tries: number): Promise<void> {
    const wait = seconds === undefined ? backoffSeconds(tries) : seconds + Math.random() * 0.1
    if (wait > longestPauseSeconds)
      return this.#end({
        code: 'asked_to_wait',
        message: `The server asks to wait for ${Math.round(wait / 60)} minutes (${told}). Run the command again then.`,
      })
    if (forAll) this.#pace.pauseAll(wait)
    else await pause(wait, this.#ending.signal)
  }

  async #settle(token: OldToken, outcome: Exclude<Outcome, { kind: 'later' }>): Promise<void> {
    this.#inARow = 0
    if (outcome.kind === 'moved') return this.#note(token, outcome.response)
    if (outcome.kind === 'stop') {
      const { host } = this.#setting.exchanging.endpoint
      return this.#end({
        code: outcome.code,
        message: `Stopped, because nothing would work. ${host}: ${outcome.told}`,
      })
    }
    this.#unproven.push({ token, outcome })
    const which = this.counts.moved === 0 ? 'the first' : 'the last'
    if (this.#unproven.length >= this.#setting.refusals)
      this.#end({
        code: outcome.code,
        message: `Stopped, because ${which} ${this.#unproven.length} tokens were all refused (${outcome.told}), and none was recorded as refused. Is the client paired with the OAuth 1.0 client, and are all secrets right? If so, raise --refusals.`,
      })
  }

  /** An accepted token shows that the client is right, and that the refused tokens are not. */
  async #note(token: OldToken, response: Readonly<Record<string, unknown>>): Promise<void> {
    // A refusal that arrives while the line is written is not proven by it.
    const proven = this.#unproven
    this.#unproven = []
    await this.#setting.moved.append(token.id, {
      ...response,
      ...ownerOf(token),
      exchanged_at: Math.floor(Date.now() / 1000),
    })
    this.counts.moved++
    await Promise.all(proven.map((refused) => this.#noteRefused(refused)))
  }

  async #noteRefused({ token, outcome }: Refused): Promise<void> {
    const shown = token.token.slice(0, Math.min(6, Math.floor(token.token.length / 2)))
    await this.#setting.refused.append(token.id, {
      token: `${shown}…`,
      ...ownerOf(token),
      error: outcome.code,
      refused_at: Math.floor(Date.now() / 1000),
    })
    this.counts.refused++
  }

  /** At the end: if no token was accepted, record only refusals that must be the token's fault. */
  async #settleUnproven(): Promise<void> {
    const isSure = ({ outcome }: Refused) => outcome.sure || this.counts.moved > 0
    const unsure = this.#unproven.filter((refused) => !isSure(refused))
    const sure = this.#unproven.filter(isSure)
    await Promise.all(sure.map((refused) => this.#noteRefused(refused)))
    const [first] = unsure
    if (first !== undefined)
      this.#end({
        code: first.outcome.code,
        message: `No token was accepted (${first.outcome.told}): the request itself may be wrong, or a secret.`,
      })
  }

  #postpone(told: string): void {
    this.counts.postponed++
    if (++this.#inARow >= mostPostponed)
      this.#end({
        code: 'unavailable',
        message: `Stopped, because the server does not respond as it should (${told}). Run the command again later.`,
      })
  }

  #end(fault: Error | RunFault): void {
    this.#fault ??= fault
    this.#ending.abort()
  }
}

/** If a server asks for a longer pause, another run tries it again. */
const longestPauseSeconds = 3600

function ownerOf({ client, user }: OldToken): Record<string, string> {
  return { ...(client !== undefined && { client }), ...(user !== undefined && { user }) }
}
