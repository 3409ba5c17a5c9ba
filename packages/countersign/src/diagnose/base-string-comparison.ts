/** A piece of a base string, and whether the other base string differs there. */
export interface ComparedPiece {
  readonly text: string
  readonly differs: boolean
}

/**
 * The method, the URI, or one parameter of two base strings. A side is empty where only the other base string has the
 * line.
 */
export interface ComparedLine {
  readonly expected: readonly ComparedPiece[]
  readonly given: readonly ComparedPiece[]
  readonly differs: boolean
}

/**
 * Compares two base strings side by side, one parameter per line, and marks the differences, for people to read. The
 * texts of one side, joined, are that base string again.
 *
 * @example
 * ```ts
 * const [verb, uri] = compareBaseStrings('GET&http%3A%2F%2Fa%2F&b%3D1', 'GET&https%3A%2F%2Fa%2F&b%3D1')
 * uri?.given // [{ text: 'http', differs: false }, { text: 's', differs: true }, { text: '%3A%2F%2Fa%2F&', … }]
 * ```
 */
export function compareBaseStrings(expected: string, given: string): ComparedLine[] {
  const left = linesOf(expected)
  const right = linesOf(given)
  const heads = Math.min(2, left.length, right.length)
  const lines: ComparedLine[] = []
  for (let at = 0; at < heads; at++) lines.push(comparedLine(left[at] as Line, right[at] as Line))
  for (const [mine, theirs] of aligned(left.slice(heads), right.slice(heads)))
    lines.push(comparedLine(mine, theirs))
  return lines
}

interface Line {
  readonly text: string
  /** The separator that follows it. */
  readonly separator: string
}

function linesOf(baseString: string): Line[] {
  const verbEnd = baseString.indexOf('&')
  const uriEnd = verbEnd === -1 ? -1 : baseString.indexOf('&', verbEnd + 1)
  if (uriEnd === -1) return [{ text: baseString, separator: '' }]
  const parameters = parametersIn(baseString.slice(uriEnd + 1))
  return [
    { text: baseString.slice(0, verbEnd), separator: '&' },
    { text: baseString.slice(verbEnd + 1, uriEnd), separator: '&' },
    ...parameters.flatMap((text, at) =>
      at % 2 === 1 ? [] : [{ text, separator: parameters[at + 1] ?? '' }],
    ),
  ]
}

/**
 * Clients that encode wrongly separate parameters in other ways: the first separator that occurs is taken as theirs.
 */
const separators = [/(%26)/, /(&)/, /(%2526)/, /(%26)/i]

/** The parameters, with the separators between them. */
function parametersIn(text: string): string[] {
  for (const separator of separators) {
    const parts = text.split(separator)
    if (parts.length > 1) return parts
  }
  return [text]
}

type PairOfLines = readonly [Line | undefined, Line | undefined]

/** Beyond this many comparisons, lines are paired by position. */
const maxComparisons = 1_000_000

/** Pairs equal lines, and lines of one name, without changing the order of either side. */
function aligned(left: readonly Line[], right: readonly Line[]): PairOfLines[] {
  let start = 0
  while (start < left.length && left[start]?.text === right[start]?.text) start++
  let end = 0
  const most = Math.min(left.length, right.length) - start
  while (end < most && left.at(-1 - end)?.text === right.at(-1 - end)?.text) end++
  const pairs: PairOfLines[] = left.slice(0, start).map((line, at) => [line, right[at]])
  const [a, b] = [left.slice(start, left.length - end), right.slice(start, right.length - end)]
  pairs.push(...(a.length * b.length > maxComparisons ? byPlace(a, b) : byScore(a, b)))
  for (let at = end; at > 0; at--) pairs.push([left.at(-at), right.at(-at)])
  return pairs
}

function byPlace(a: readonly Line[], b: readonly Line[]): PairOfLines[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, at) => [a[at], b[at]])
}

/** The longest common subsequence, in which a pair with equal names counts less than a pair of equal lines. */
function byScore(a: readonly Line[], b: readonly Line[]): PairOfLines[] {
  const width = b.length + 1
  const best = new Uint32Array((a.length + 1) * width)
  const names = [a.map(nameOf), b.map(nameOf)] as const
  const score = (i: number, j: number) => {
    if (a[i]?.text === b[j]?.text) return 3
    return names[0][i] === names[1][j] ? 2 : 0
  }
  const at = (i: number, j: number) => best[i * width + j] as number
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const points = score(i, j)
      const paired = points === 0 ? 0 : points + at(i + 1, j + 1)
      best[i * width + j] = Math.max(paired, at(i + 1, j), at(i, j + 1))
    }
  }
  const pairs: PairOfLines[] = []
  let [i, j] = [0, 0]
  let [onlyA, onlyB]: [Line[], Line[]] = [[], []]
  const texts = [a, b].map((lines) => new Set(lines.map(({ text }) => text)))
  const isOnBoth = ({ text }: Line) => texts.every((side) => side.has(text))
  const flush = () => {
    pairs.push(...unlike(onlyA, onlyB, isOnBoth))
    onlyA = []
    onlyB = []
  }
  while (i < a.length || j < b.length) {
    const points = i < a.length && j < b.length ? score(i, j) : 0
    if (points > 0 && at(i, j) === points + at(i + 1, j + 1)) {
      flush()
      pairs.push([a[i++], b[j++]])
    } else if (j >= b.length || (i < a.length && at(i, j) === at(i + 1, j))) onlyA.push(a[i++] as Line)
    else onlyB.push(b[j++] as Line)
  }
  flush()
  return pairs
}

/**
 * Pairs lines without a counterpart if both sides have equally many, such as a name in two spellings. A line that
 * merely moved is not paired with another.
 */
function unlike(a: readonly Line[], b: readonly Line[], isMoved: (line: Line) => boolean): PairOfLines[] {
  if (a.length === b.length && ![...a, ...b].some(isMoved)) return a.map((line, at) => [line, b[at]])
  return [
    ...a.map((line): PairOfLines => [line, undefined]),
    ...b.map((line): PairOfLines => [undefined, line]),
  ]
}

/** The name of a line, however often it is encoded. */
function nameOf({ text }: Line): string {
  const [name = ''] = text.split(/%(?:25)*3D|=/i, 1)
  return name.replace(/%(?:25)+/g, '%').toLowerCase()
}

function comparedLine(expected: Line | undefined, given: Line | undefined): ComparedLine {
  if (expected === undefined || given === undefined) {
    const whole = (line: Line | undefined): ComparedPiece[] =>
      line === undefined ? [] : pieces([line.text, true], [line.separator, false])
    return { expected: whole(expected), given: whole(given), differs: true }
  }
  const [start, end] = commonEnds(expected.text, given.text)
  const side = ({ text, separator }: Line) =>
    pieces(
      [text.slice(0, start), false],
      [text.slice(start, text.length - end), true],
      [text.slice(text.length - end) + separator, false],
    )
  return { expected: side(expected), given: side(given), differs: expected.text !== given.text }
}

function pieces(...parts: readonly (readonly [text: string, differs: boolean])[]): ComparedPiece[] {
  return parts.filter(([text]) => text !== '').map(([text, differs]) => ({ text, differs }))
}

/** The lengths of the common beginning and end, so that no escape is cut in two. */
function commonEnds(a: string, b: string): [start: number, end: number] {
  if (a === b) return [a.length, 0]
  const most = Math.min(a.length, b.length)
  let start = 0
  while (start < most && a[start] === b[start]) start++
  start -= /%(?:25){0,3}[\dA-F]?$/i.exec(a.slice(Math.max(0, start - 8), start))?.[0].length ?? 0
  let end = 0
  while (end < most - start && a.at(-1 - end) === b.at(-1 - end)) end++
  while (end > 0 && (isInEscape(a, a.length - end) || isInEscape(b, b.length - end))) end--
  return [start, end]
}

function isInEscape(text: string, at: number): boolean {
  return text[at - 1] === '%' || text[at - 2] === '%'
}
