import process from 'node:process'
import { type Invocation, UsageError } from './command.ts'
import { withPrompt } from './prompt.ts'
import { Refusal } from './refusal.ts'

/**
 * Asks before destroying something, unless `--yes` was given.
 *
 * @param what - The consequences, in a sentence or two.
 * @throws UsageError without a terminal to ask at; Refusal if the answer is no.
 */
export async function confirm(given: Invocation, what: string): Promise<void> {
  if (given['yes'] === true) return
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new UsageError(
      `${what} Nothing was done: there is no terminal to ask at. Add --yes if you mean it.`,
    )
  // Standard output is for the result.
  process.stderr.write(`${what}\nType yes to go on: `)
  const answer = await withPrompt((prompt) => prompt().ask(''))
  if (answer.toLowerCase() !== 'yes' && answer.toLowerCase() !== 'y')
    throw new Refusal('not_confirmed', 'Nothing was done.')
}

/** `1 user`, `2 users`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`
}
