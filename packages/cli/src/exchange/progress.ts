import process from 'node:process'
import type { RunCounts } from './exchange-run.ts'

const barWidth = 24
const redrawMilliseconds = 200
const lineMilliseconds = 5000

/** Shows the progress of a run on standard error: a bar on a terminal, otherwise a line now and then. */
export class Progress {
  readonly #counts: Readonly<RunCounts>
  readonly #total: number
  readonly #began = performance.now()
  readonly #timer: NodeJS.Timeout
  readonly #isTerminal = process.stderr.isTTY === true

  /** @param total - How many this run has to do. */
  constructor(counts: Readonly<RunCounts>, total: number) {
    this.#counts = counts
    this.#total = total
    const every = this.#isTerminal ? redrawMilliseconds : lineMilliseconds
    this.#timer = setInterval(() => this.#show(), every).unref()
  }

  #show(): void {
    const line = progressLine(this.#counts, this.#total, (performance.now() - this.#began) / 1000)
    if (!this.#isTerminal) process.stderr.write(`${line}\n`)
    else
      process.stderr.write(
        `\r${`${barOf(this.#counts, this.#total)} ${line}`.slice(0, (process.stderr.columns || 80) - 1)}\u001b[K`,
      )
  }

  end(): void {
    clearInterval(this.#timer)
    if (!this.#isTerminal) return
    this.#show()
    process.stderr.write('\n')
  }
}

/** `512 of 1,000, 320/s, 3 must sign in again, 0:02 left`. */
function progressLine(counts: Readonly<RunCounts>, total: number, seconds: number): string {
  const done = doneOf(counts)
  const rate = seconds > 0 ? done / seconds : 0
  const left = rate > 0 ? `${clock((total - done) / rate)} left` : 'no estimate yet'
  const words = [
    `${done.toLocaleString('en')} of ${total.toLocaleString('en')}`,
    `${rate < 10 ? rate.toFixed(1) : Math.round(rate)}/s`,
    ...(counts.refused > 0 ? [`${counts.refused.toLocaleString('en')} must sign in again`] : []),
    ...(counts.postponed > 0 ? [`${counts.postponed.toLocaleString('en')} to be tried later`] : []),
    left,
  ]
  return words.join(', ')
}

function barOf(counts: Readonly<RunCounts>, total: number): string {
  const full = total === 0 ? barWidth : Math.floor((doneOf(counts) / total) * barWidth)
  return `[${'#'.repeat(full)}${'.'.repeat(barWidth - full)}]`
}

function doneOf({ moved, refused, postponed }: Readonly<RunCounts>): number {
  return moved + refused + postponed
}

/** `1:05`, or `2:01:05`. */
function clock(seconds: number): string {
  const whole = Math.ceil(seconds)
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  const end = String(whole % 60).padStart(2, '0')
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${end}` : `${minutes}:${end}`
}
