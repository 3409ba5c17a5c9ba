import { httpRequest } from 'countersign/hono'
import type { Context, MiddlewareHandler } from 'hono'
import { currentRequest } from '../../requests/request-context.ts'
import type { Services } from '../../services.ts'

/** Tells clients about the end of features they use, in each response, even in refusals if the feature is known. */
export function retirementNotice({
  retirement,
  protector,
}: Pick<Services, 'retirement' | 'protector'>): MiddlewareHandler {
  if (retirement === undefined) return (_, next) => next()
  return async (c, next) => {
    await next()
    const isKnown = currentRequest()?.notice !== undefined || c.res.status < 400
    const request = isKnown ? undefined : await readAgain(c, protector)
    for (const [name, value] of Object.entries(retirement.notice(request))) c.header(name, value)
  }
}

/** Undefined for a request that was refused because it cannot be read. */
async function readAgain(c: Context, { limits }: Services['protector']) {
  try {
    return await httpRequest(c, limits)
  } catch {
    return undefined
  }
}
