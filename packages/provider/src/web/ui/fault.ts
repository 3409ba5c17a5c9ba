import type { InputError } from '../../input-error.ts'
import type { Texts } from '../../texts/texts.ts'

/** The fault in a form, in the visitor's language. */
export function faultIn(
  { faults }: Texts,
  { field, message, faults: found }: InputError,
): { readonly field: string; readonly message: string } {
  if (found.length === 0) return { field, message }
  return { field, message: found.map(({ code, values }) => faults[code](values)).join('\n') }
}
