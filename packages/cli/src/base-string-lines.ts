import { type ComparedPiece, compareBaseStrings } from 'countersign/diagnose'

/** A base string for people to read: the method, the URI and each parameter on its own line. */
export function baseStringLines(baseString: string): string[] {
  return compareBaseStrings(baseString, baseString).map(({ expected }) => textOf(expected))
}

/**
 * Two base strings, shown as a diff. Common lines are indented; otherwise the expected line follows `-` and the signed
 * one `+`, with the difference in colour, or marked by carets on the line below.
 */
export function differenceLines(expected: string, signed: string, inColour: boolean): string[] {
  return compareBaseStrings(expected, signed).flatMap((line) => {
    if (!line.differs) return [`  ${textOf(line.expected)}`]
    return [...markedLines('-', line.expected, inColour), ...markedLines('+', line.given, inColour)]
  })
}

/** Green and red, and inverted where they differ, for people who cannot distinguish the two. */
const colours = { '-': '\u001b[32m', '+': '\u001b[31m' } as const
const [inverse, notInverse, plain] = ['\u001b[7m', '\u001b[27m', '\u001b[0m']

function markedLines(sign: '-' | '+', pieces: readonly ComparedPiece[], inColour: boolean): string[] {
  if (pieces.length === 0) return []
  if (inColour) {
    const text = pieces.map((piece) => (piece.differs ? inverse + piece.text + notInverse : piece.text))
    return [`${colours[sign]}${sign} ${text.join('')}${plain}`]
  }
  const carets = pieces.map(({ text, differs }) => (differs ? '^' : ' ').repeat(text.length)).join('')
  const line = `${sign} ${textOf(pieces)}`
  return carets.trim() === '' ? [line] : [line, `  ${carets.trimEnd()}`]
}

function textOf(pieces: readonly ComparedPiece[]): string {
  return pieces.map(({ text }) => text).join('')
}
