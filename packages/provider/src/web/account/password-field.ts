import { passwordLength } from '../../accounts/password.ts'
import { field } from '../ui/form.ts'
import type { Html } from '../ui/text.ts'

/** Asks for the signed-in user's password. */
export function passwordField(name: string, label: string, error: string | undefined): Html {
  const attributes = {
    type: 'password',
    required: true,
    autocomplete: 'current-password',
    maxlength: passwordLength.max,
  } as const
  return field({ name, label, error, attributes })
}
