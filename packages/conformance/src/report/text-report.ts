import { styleText } from 'node:util'
import { type Group, groups } from '../conformance-case.ts'
import type { Counts, FailedResult, Result } from '../result.ts'

type Style = Parameters<typeof styleText>[0]

/** Writes a report for people: one line per case, and the evidence below a failed one. */
export class TextReport {
  readonly #colour: boolean
  #group: Group | undefined

  /** @param colour - Only for a terminal. */
  constructor({ colour }: { readonly colour: boolean }) {
    this.#colour = colour
  }

  /** The lines of one result, preceded by the group's name for the first of a group. */
  linesOf(result: Result): string[] {
    const isFirst = this.#group !== result.group
    this.#group = result.group
    const head = isFirst ? ['', this.#in('bold', groups[result.group])] : []
    return [...head, ...this.#resultLines(result)]
  }

  /** The summary line. */
  summary({ passed, failed, advised, skipped }: Counts): string[] {
    const parts = [
      this.#in('green', `${passed} passed`),
      this.#in(failed > 0 ? 'red' : 'green', `${failed} failed`),
      this.#in(advised > 0 ? 'yellow' : 'green', `${advised} advised`),
      `${skipped} skipped`,
    ]
    return ['', parts.join(', ')]
  }

  #resultLines(result: Result): string[] {
    const { id, title, section, outcome } = result
    if (outcome === 'passed') return [`  ${this.#in('green', '✓')} ${id}  ${title}`]
    if (outcome === 'skipped') return [this.#in('dim', `  – ${id}  skipped: ${result.reason}`)]
    const mark = result.level === 'must' ? this.#in('red', '✗') : this.#in('yellow', '!')
    return [`  ${mark} ${id}  ${title} (${section})`, ...this.#finding(result)]
  }

  #finding({ expected, received, remedy, request, response }: FailedResult): string[] {
    const lines = [`Expected  ${expected}`, `Received  ${received}`, `Remedy    ${remedy}`]
    if (request !== undefined) lines.push('Request', ...quoted(request))
    if (response !== undefined) lines.push('Response', ...quoted(response))
    return [...lines.map((line) => `      ${line}`), '']
  }

  #in(style: Style, text: string): string {
    return this.#colour ? styleText(style, text, { validateStream: false }) : text
  }
}

function quoted(text: string): string[] {
  return text.split('\n').map((line) => `  ${line}`.trimEnd())
}
