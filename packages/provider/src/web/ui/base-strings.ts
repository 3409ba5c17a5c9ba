import type { BaseStrings } from 'countersign/diagnose'
import { html } from 'hono/html'
import { alignedLines, baseStringLines, type LinePair } from './base-string-lines.ts'
import type { Html } from './text.ts'

/**
 * The base string that the server expects beside the one that the client signed, a parameter a line, with the first
 * difference marked; the expected one alone where no one knows what was signed. Its page is `wide`.
 */
export function baseStringsView({ expected, signed }: Pick<BaseStrings, 'expected' | 'signed'>): Html {
  if (signed === undefined) {
    const lines = baseStringLines(expected).map((line) => html`<li><div>${code(line)}</div></li>`)
    return html`<ol class="strings one">${lines}</ol>`
  }
  const pairs = alignedLines(expected, signed)
  const first = pairs.findIndex(isDifferent)
  return html`<div class="strings-head" aria-hidden="true"><span>Expected by the server</span><span>Signed by the client</span></div>
<ol class="strings">${pairs.map((pair, index) => lineOf(pair, index === first))}</ol>`
}

function isDifferent({ expected, signed }: LinePair): boolean {
  return expected !== signed
}

function lineOf(pair: LinePair, isFirst: boolean): Html {
  if (!isDifferent(pair))
    return html`<li class="same"><div>${code(pair.expected)}</div><div aria-hidden="true">${code(pair.signed)}</div></li>`
  const place = isFirst ? html`<p class="first">First difference</p>` : ''
  return html`<li class="differs${isFirst ? ' is-first' : ''}">${place}<div><span class="side">Expected</span> ${marked(pair.expected, pair.signed)}</div><div><span class="side">Signed</span> ${marked(pair.signed, pair.expected)}</div></li>`
}

function code(text = ''): Html {
  return html`<code>${text}</code>`
}

/** A line with the part marked that the other side has not. */
function marked(line: string | undefined, other: string | undefined): Html {
  if (line === undefined) return html`<em class="quiet">not there</em>`
  if (other === undefined) return html`<code><mark>${line}</mark></code>`
  const [own, theirs] = [whole(line), whole(other)]
  const most = Math.min(own.length, theirs.length)
  let start = 0
  while (start < most && own[start] === theirs[start]) start++
  let end = 0
  while (end < most - start && own.at(-1 - end) === theirs.at(-1 - end)) end++
  const text = (from: number, to?: number) => own.slice(from, to).join('')
  const stop = own.length - end
  const middle =
    start < stop
      ? html`<mark>${text(start, stop)}</mark>`
      : html`<mark class="gap" title="Something is missing here."></mark>`
  return html`<code>${text(0, start)}${middle}${text(stop)}</code>`
}

/** An escape is one sign: half of it must not be marked. */
function whole(line: string): string[] {
  return line.match(/%(?:25)*[0-9A-F]{2}|./gisu) ?? []
}
