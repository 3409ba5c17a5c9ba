import { readFileSync } from 'node:fs'
import process from 'node:process'
import { InputError } from './provider.ts'

/** The content of a file that an option or argument names. @throws InputError where it cannot be read. */
export function textOfFile(file: string, field: string, title = `The file that --${field} names`): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new InputError(field, `${title} cannot be read: ${(error as Error).message}`)
  }
}

/** Standard input to its end. */
export async function allOfStdin(): Promise<string> {
  let text = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk
  return text
}
