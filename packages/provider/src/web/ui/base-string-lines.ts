/** One line of two base strings side by side; a line that one of them does not have is absent there. */
export interface LinePair {
  readonly expected?: string | undefined
  readonly signed?: string | undefined
}

/** A line of a base string, and what it is: the method, the address, or a parameter by its name. */
interface Line {
  readonly text: string
  readonly subject: string
}

/**
 * The lines of two base strings, a parameter each, so that the same parameters stand side by side. Joined, the lines of
 * one side are that base string.
 */
export function alignedLines(expected: string, signed: string): LinePair[] {
  return aligned(linesOf(expected), linesOf(signed))
}

/** The lines of one base string: method, address, and each parameter, with the separators at their ends. */
export function baseStringLines(baseString: string): string[] {
  return linesOf(baseString).map(({ text }) => text)
}

function linesOf(baseString: string): Line[] {
  const [, method = '', address = '', rest = ''] = /^([^&]*&?)([^&]*&?)(.*)$/s.exec(baseString) ?? []
  const parts = [method, address, ...parametersOf(rest)].filter((text) => text !== '')
  return parts.map((text, index) => ({ text, subject: ['the method', 'the address'][index] ?? nameOf(text) }))
}

/** Clients that encode wrongly separate parameters in other ways: the first one that occurs is taken for theirs. */
const separators = [/(?<=%26)/, /(?<=&)/, /(?<=%2526)/]

function parametersOf(text: string): string[] {
  for (const separator of separators) {
    const parts = text.split(separator)
    if (parts.length > 1) return parts
  }
  return [text]
}

/** However often it is encoded. */
function nameOf(parameter: string): string {
  return (parameter.split(/%(?:25)*3D|=/i, 1)[0] as string).replace(/%(?:25)+/g, '%').toLowerCase()
}

/** Beyond it lines are paired by their number: a comparison of each with each would take too long. */
const mostComparisons = 250_000

function aligned(expected: readonly Line[], signed: readonly Line[]): LinePair[] {
  if (expected.length * signed.length > mostComparisons) return numbered(expected, signed)
  const best = scores(expected, signed)
  const pairs: LinePair[] = []
  for (let row = 0, column = 0; row < expected.length || column < signed.length; ) {
    const [left, right] = [expected[row], signed[column]]
    const here = scoreAt(best, row, column)
    if (left && right && here === similarity(left, right) + scoreAt(best, row + 1, column + 1)) {
      if (similarity(left, right) > 0) {
        pairs.push({ expected: left.text, signed: right.text })
        row++
        column++
        continue
      }
    }
    if (left && (right === undefined || here === scoreAt(best, row + 1, column))) {
      pairs.push({ expected: left.text })
      row++
    } else {
      pairs.push({ signed: right?.text })
      column++
    }
  }
  return pairs
}

/** The best sum of similarities from each pair of lines to the ends. */
function scores(expected: readonly Line[], signed: readonly Line[]): number[][] {
  const best = Array.from({ length: expected.length + 1 }, () => Array<number>(signed.length + 1).fill(0))
  for (let row = expected.length - 1; row >= 0; row--) {
    for (let column = signed.length - 1; column >= 0; column--) {
      const both = similarity(expected[row] as Line, signed[column] as Line)
      ;(best[row] as number[])[column] = Math.max(
        both > 0 ? both + scoreAt(best, row + 1, column + 1) : 0,
        scoreAt(best, row + 1, column),
        scoreAt(best, row, column + 1),
      )
    }
  }
  return best
}

function scoreAt(best: readonly (readonly number[])[], row: number, column: number): number {
  return best[row]?.[column] ?? 0
}

function similarity(left: Line, right: Line): number {
  if (left.subject !== right.subject) return 0
  return left.text === right.text ? 3 : 2
}

function numbered(expected: readonly Line[], signed: readonly Line[]): LinePair[] {
  return Array.from({ length: Math.max(expected.length, signed.length) }, (_, index) => ({
    expected: expected[index]?.text,
    signed: signed[index]?.text,
  }))
}
