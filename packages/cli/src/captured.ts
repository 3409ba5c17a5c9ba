/** Captures the output of a function that can only print. */
export function captured(print: () => void): string {
  const lines: string[] = []
  const log = console.log
  console.log = (line: string) => void lines.push(line)
  try {
    print()
  } finally {
    console.log = log
  }
  return `${lines.join('\n')}\n`
}
