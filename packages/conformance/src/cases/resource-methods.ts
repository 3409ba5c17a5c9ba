import type { Context } from '../context.ts'
import { responseOf } from '../expectations.ts'
import { protectedRequest } from '../flow/steps.ts'
import { Skip } from '../verdict.ts'

/**
 * The method, if the protected resource supports it.
 *
 * @throws Skip when a signed request of this method gets 404, 405 or 501.
 */
export async function requireMethod(context: Context, method: string): Promise<string> {
  const known = context.resourceMethods.get(method) ?? (await isKnown(context, method))
  context.resourceMethods.set(method, known)
  if (known) return method
  throw new Skip(`the protected resource has no ${method}`)
}

async function isKnown(context: Context, method: string): Promise<boolean> {
  const { status } = responseOf(await context.send(await protectedRequest(context, { method })))
  return ![404, 405, 501].includes(status)
}
