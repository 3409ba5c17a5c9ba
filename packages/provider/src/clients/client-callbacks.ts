import { checkCallbackForm, OAuth1Error } from 'countersign'
import { InputError } from '../input-error.ts'
import { isolated } from '../isolated.ts'

const maxCallbacks = 20
const maxLength = 2_000

/**
 * The callbacks to register, each once; empty lines and `oob`, which needs no registration, are left out.
 *
 * @throws InputError that names every callback at fault, a line for each.
 */
export function checkedCallbacks(given: readonly string[]): string[] {
  const callbacks = [
    ...new Set(given.map((line) => line.trim()).filter((line) => line !== '' && line !== 'oob')),
  ]
  if (callbacks.length > maxCallbacks) {
    throw new InputError(
      'callbacks',
      `Enter at most ${maxCallbacks} callbacks; there are ${callbacks.length}.`,
    )
  }
  const faults = callbacks.flatMap((callback) => {
    const fault = faultOf(callback)
    return fault === undefined ? [] : [`${isolated(shortened(callback))}: ${fault}`]
  })
  if (faults.length > 0) throw new InputError('callbacks', faults.join('\n'))
  return callbacks
}

/** What to do about a callback; undefined where it can be registered. */
function faultOf(callback: string): string | undefined {
  if (callback.length > maxLength) return `use at most ${maxLength} characters`
  // `localhost:3000/cb` reads as a scheme named localhost, and no one means that.
  const hasScheme = /^[a-z][a-z0-9+.-]*:/i.test(callback) && !/^[a-z0-9.-]+:\d+(?:[/?#]|$)/i.test(callback)
  if (!hasScheme) {
    if (/^(?:localhost|127\.0\.0\.1|\[::1\])(?:[:/?#]|$)/i.test(callback)) return 'begin it with http://'
    return /^\/(?!\/)/.test(callback) ? 'begin it with https:// and your host' : 'begin it with https://'
  }
  if (callback.includes('#')) return 'leave out the fragment, everything from the # on'
  try {
    checkCallbackForm(callback)
    return undefined
  } catch (error) {
    if (!(error instanceof OAuth1Error)) throw error
    return error.description
      .replace(/^oauth_callback /, '')
      .replace('"oob" or ', '')
      .replace(/\.$/, '')
  }
}

function shortened(callback: string): string {
  return callback.length > 60 ? `${callback.slice(0, 59)}…` : callback
}
