import type { Context } from 'hono'
import { Throttle, type ThrottleOptions } from '../../limits/throttle.ts'
import type { WebEnv } from '../http/session.ts'
import { userOf } from '../http/signed-in.ts'
import { sendPage } from './layout.ts'
import { messages } from './message.ts'

/** Counts something that a signed-in user does. Returns the refusal where it was too often; undefined where it may be done. */
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
