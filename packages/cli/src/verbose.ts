import process from 'node:process'
import { baseStringLines } from './base-string-lines.ts'
import { type Invocation, optional } from './command.ts'
import type { SignedForm } from './signed-request.ts'

/** Shows on standard error how a request was signed, if `--verbose` was given. */
export function showSigning(given: Invocation, { baseString, keyShape }: SignedForm): void {
  if (given['verbose'] !== true) return
  const lines = ['Base string', ...baseStringLines(baseString).map((line) => `  ${line}`), `Key  ${keyShape}`]
  process.stderr.write(`${lines.join('\n')}\n\n`)
}

/** The signature of PLAINTEXT is the secrets themselves. */
export function warnOfPlaintext(given: Invocation, url: string): void {
  if (optional(given, 'signature-method') !== 'PLAINTEXT' || !/^http:/i.test(url)) return
  process.stderr.write('Over http, everyone on the way can read the secrets of PLAINTEXT.\n')
}
