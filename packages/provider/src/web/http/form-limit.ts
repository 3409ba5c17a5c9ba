import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { maxLogoLength } from '../../clients/logo-image.ts'
import type { WebEnv } from './session.ts'

const maxFormLength = 64 * 1024
const maxDiscarded = 8 * 1024 * 1024

/** Refuses forms of more than 64 KiB; only a signed-in user's form with a logo may be longer. */
export function formLimit(
  tooLarge: (c: Context<WebEnv>) => Response | Promise<Response>,
): MiddlewareHandler<WebEnv> {
  const onError = async (c: Context<WebEnv>) => {
    if (!(await discard(c.req.raw.body))) c.header('connection', 'close')
    return tooLarge(c)
  }
  const usual = bodyLimit({ maxSize: maxFormLength, onError })
  const logo = bodyLimit({ maxSize: 4 * maxLogoLength, onError })
  return (c, next) => (takesLogo(c) ? logo : usual)(c, next)
}

/**
 * Whether the form with a logo is posted. It may far exceed the limit, so that its page can say so. Strangers cannot
 * post it: their bodies are not read that far.
 */
function takesLogo(c: Context<WebEnv>): boolean {
  return c.get('session').user !== undefined && /^\/clients\/[^/]+\/logo$/.test(c.req.path)
}

/**
 * Reads and discards the rest of a body, as far as that is cheap, and returns whether it reached the end: a browser
 * reads the response only after it has sent everything, and otherwise shows its own error page.
 */
async function discard(body: ReadableStream<Uint8Array> | null): Promise<boolean> {
  if (body === null || body.locked) return false
  let length = 0
  try {
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
      length += chunk.length
      if (length > maxDiscarded) return false
    }
    return true
  } catch {
    return false
  }
}
