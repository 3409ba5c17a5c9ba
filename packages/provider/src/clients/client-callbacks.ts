import { checkCallbackForm, OAuth1Error } from 'countersign'
import type { InputFault } from '../input-error.ts'
import { inputFault, inputFaults } from '../input-fault.ts'
import { isolated } from '../isolated.ts'

const maxCallbacks = 20
const maxLength = 2_000

/**
 * The callbacks to register, without duplicates, empty lines, and `oob`, which needs no registration.
 *
 * @throws InputError that names every invalid callback, one per line.
 */
export function checkedCallbacks(given: readonly string[]): string[] {
  const callbacks = [
    ...new Set(given.map((line) => line.trim()).filter((line) => line !== '' && line !== 'oob')),
  ]
  if (callbacks.length > maxCallbacks) {
    throw inputFault('callbacks', 'callbacksMany', { max: maxCallbacks, count: callbacks.length })
  }
  const faults = callbacks.flatMap((callback) => {
    const fault = faultOf(callback)
    return fault === undefined
      ? []
      : [{ ...fault, values: { ...fault.values, callback: shownCallback(callback) } }]
  })
  if (faults.length > 0) throw inputFaults('callbacks', faults)
  return callbacks
}

/** How to fix a callback; undefined if it can be registered. */
function faultOf(callback: string): InputFault | undefined {
  if (callback.length > maxLength) return { code: 'callbackLong', values: { max: maxLength } }
  // `localhost:3000/cb` parses as the scheme `localhost`, which no one means.
  const hasScheme = /^[a-z][a-z0-9+.-]*:/i.test(callback) && !/^[a-z0-9.-]+:\d+(?:[/?#]|$)/i.test(callback)
  if (!hasScheme) {
    if (/^(?:localhost|127\.0\.0\.1|\[::1\])(?:[:/?#]|$)/i.test(callback)) return { code: 'callbackLocal' }
    return { code: /^\/(?!\/)/.test(callback) ? 'callbackPath' : 'callbackScheme' }
  }
  if (callback.includes('#')) return { code: 'callbackFragment' }
  try {
    checkCallbackForm(callback)
    return undefined
  } catch (error) {
    if (!(error instanceof OAuth1Error)) throw error
    const reason = error.description
      .replace(/^oauth_callback /, '')
      .replace('"oob" or ', '')
      .replace(/\.$/, '')
    return { code: 'callbackOther', values: { reason } }
  }
}

function shownCallback(callback: string): string {
  return isolated(callback.length > 60 ? `${callback.slice(0, 59)}…` : callback)
}
