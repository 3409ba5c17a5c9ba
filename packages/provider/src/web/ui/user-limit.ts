import type { Context } from 'hono'
import { Throttle, type ThrottleOptions } from '../../limits/throttle.ts'
import type { WebEnv } from '../http/session.ts'
import { userOf } from '../http/signed-in.ts'
import { sendPage } from './layout.ts'
import { messages } from './message.ts'

/** Counts an action of a signed-in user. Returns the refusal if there were too many; undefined if it is allowed. */
export function userLimit(
  options: ThrottleOptions,
): (c: Context<WebEnv>) => Response | Promise<Response> | undefined {
  const throttle = new Throttle(options)
  return (c) => {
    const key = String(userOf(c).id)
    const waitSeconds = throttle.waitSeconds(key)
    if (waitSeconds > 0) {
      c.header('retry-after', String(waitSeconds))
      return sendPage(c, messages.tooOften)
    }
    throttle.fail(key)
    return undefined
  }
}
