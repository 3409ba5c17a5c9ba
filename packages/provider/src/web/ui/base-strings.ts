import {
  type BaseStrings,
  type ComparedLine,
  type ComparedPiece,
  compareBaseStrings,
} from 'countersign/diagnose'
import { html } from 'hono/html'
import type { Texts } from '../../texts/texts.ts'
import type { Html } from './text.ts'

/**
 * The server's expected base string beside the one that the client signed, one parameter per line, with the first
 * difference marked; only the expected one if the signed one is not known. Its page is `wide`.
 */
export function baseStringsView(
  texts: Texts['diagnosis'],
  { expected, signed }: Pick<BaseStrings, 'expected' | 'signed'>,
): Html {
  const lines = compareBaseStrings(expected, signed ?? expected)
  if (signed === undefined)
    return html`<ol class="strings one">${lines.map((line) => html`<li><div>${code(line.expected)}</div></li>`)}</ol>`
  const first = lines.findIndex(({ differs }) => differs)
  const [onlyExpected, onlyGiven] = [
    new Set(lines.flatMap(({ expected, given }) => (given.length === 0 ? textOf(expected) : []))),
    new Set(lines.flatMap(({ expected, given }) => (expected.length === 0 ? textOf(given) : []))),
  ]
  const isMoved = (line: ComparedLine) =>
    [line.expected, line.given].flatMap(textOf).every((text) => onlyExpected.has(text) && onlyGiven.has(text))
  return html`<div class="strings-head" aria-hidden="true"><span>${texts.expectedSide()}</span><span>${texts.signedSide()}</span></div>
<ol class="strings">${lines.map((line, index) => lineOf(texts, line, index === first, isMoved(line)))}</ol>`
}

/** If only one side has a line, the marked part is all of it except the separator. */
function textOf(line: readonly ComparedPiece[]): string[] {
  return line.slice(0, 1).map(({ text }) => text)
}

function lineOf(
  texts: Texts['diagnosis'],
  { expected, given, differs }: ComparedLine,
  isFirst: boolean,
  isMoved: boolean,
): Html {
  if (!differs)
    return html`<li class="same"><div>${code(expected)}</div><div aria-hidden="true">${code(given)}</div></li>`
  const place = isFirst ? html`<p class="first">${texts.firstDifference()}</p>` : ''
  return html`<li class="differs${isFirst ? ' is-first' : ''}">${place}<div><span class="side">${texts.expected()}</span> ${marked(texts, expected, given, isMoved)}</div><div><span class="side">${texts.signed()}</span> ${marked(texts, given, expected, isMoved)}</div></li>`
}

function code(pieces: readonly ComparedPiece[]): Html {
  return html`<code>${pieces.map(({ text, differs }) => (differs ? html`<mark>${text}</mark>` : text))}</code>`
}

/** A line with the part marked that the other side lacks, or the place where something is missing. */
function marked(
  texts: Texts['diagnosis'],
  line: readonly ComparedPiece[],
  other: readonly ComparedPiece[],
  isMoved: boolean,
): Html {
  if (line.length === 0) return html`<em class="quiet">${isMoved ? texts.elsewhere() : texts.notThere()}</em>`
  if (line.some(({ differs }) => differs)) return code(line)
  const at = other[0]?.differs ? 0 : 1
  const gap = html`<mark class="gap" title="${texts.missing()}"></mark>`
  return html`<code>${line.slice(0, at).map(({ text }) => text)}${gap}${line.slice(at).map(({ text }) => text)}</code>`
}
