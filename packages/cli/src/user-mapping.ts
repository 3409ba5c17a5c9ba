import { textOfFile } from './input-text.ts'
import { InputError } from './provider.ts'

/**
 * The names of users here, by their names elsewhere: from a JSON object such as `{"7": "ada"}`, or lines of two names
 * with a comma between them.
 *
 * @throws InputError where the file is neither.
 */
export function userMapping(file: string | undefined): (name: string) => string | undefined {
  if (file === undefined) return () => undefined
  const text = textOfFile(file, 'users').replace(/^\uFEFF/, '')
  const names = new Map(text.trimStart().startsWith('{') ? pairsOfJson(text) : pairsOfLines(text))
  return (name) => names.get(name)
}

function pairsOfJson(text: string): [string, string][] {
  try {
    const pairs = Object.entries(JSON.parse(text))
    if (pairs.every((pair): pair is [string, string] => typeof pair[1] === 'string')) return pairs
  } catch {
    // Reported below, like every other fault of the file.
  }
  throw new InputError('users', 'The file that --users names must be JSON such as {"7": "ada"}.')
}

function pairsOfLines(text: string): [string, string][] {
  const lines = text.split(/\r?\n/).map((line, index) => ({ line: line.trim(), number: index + 1 }))
  return lines
    .filter(({ line }) => line !== '')
    .map(({ line, number }) => {
      const [from = '', to = '', ...others] = line.split(',').map((word) => word.trim())
      if (from !== '' && to !== '' && others.length === 0) return [from, to]
      throw new InputError(
        'users',
        `Line ${number} of the file that --users names must be two names, such as 7,ada.`,
      )
    })
}
