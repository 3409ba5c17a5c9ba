import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import process from 'node:process'
import { InputError } from './provider.ts'

/**
 * The content of a file that an option or argument names.
 *
 * @param length - The most bytes to read, from the beginning.
 * @throws InputError where it cannot be read.
 */
export function textOfFile(
  file: string,
  field: string,
  title = `The file that --${field} names`,
  length?: number,
): string {
  try {
    return length === undefined ? readFileSync(file, 'utf8') : beginningOf(file, length)
  } catch (error) {
    throw new InputError(field, `${title} cannot be read: ${(error as Error).message}`)
  }
}

function beginningOf(file: string, length: number): string {
  const descriptor = openSync(file, 'r')
  try {
    const octets = Buffer.alloc(length)
    return octets.toString('utf8', 0, readSync(descriptor, octets))
  } finally {
    closeSync(descriptor)
  }
}

/** Standard input to its end. */
export async function allOfStdin(): Promise<string> {
  let text = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk
  return text
}
