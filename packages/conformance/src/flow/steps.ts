import type { Context } from '../context.ts'
import { expectCredential, statusText } from '../expectations.ts'
import type { Exchange } from '../http/message.ts'
import type { Draft } from '../signing.ts'
import type { Keys } from '../target.ts'
import { Failure, Skip } from '../verdict.ts'
import { authorizationUrl, decide } from './decide.ts'

/** A temporary credential that was approved. */
export interface Approved {
  readonly temporary: Keys
  readonly verifier: string
}

/** The first step (§2.1): POST to the temporary credential endpoint. */
export function initiate(context: Context, changes: Partial<Draft> = {}): Promise<Exchange> {
  return context.send(initiation(context, changes))
}

/** Like `initiate`, but not sent yet. */
export function initiation(context: Context, { oauth, ...changes }: Partial<Draft> = {}) {
  const { initiate: url, callback = 'oob' } = context.target
  return context.sign({ method: 'POST', url, oauth: { oauth_callback: callback, ...oauth }, ...changes })
}

/** The last step (§2.3): POST to the token endpoint. */
export function exchange(
  context: Context,
  approved: Approved,
  changes: Partial<Draft> = {},
): Promise<Exchange> {
  return context.send(exchanging(context, approved, changes))
}

/** Like `exchange`, but not sent yet. */
export function exchanging(
  context: Context,
  { temporary, verifier }: Approved,
  { oauth, ...changes }: Partial<Draft> = {},
) {
  const { token: url } = context.target
  return context.sign({
    method: 'POST',
    url,
    token: temporary,
    oauth: { oauth_verifier: verifier, ...oauth },
    ...changes,
  })
}

/** A protected request, signed with the shared token unless the changes say otherwise. */
export async function protectedRequest(context: Context, changes: Partial<Draft> = {}) {
  return context.sign({ url: context.target.resource, token: await sharedToken(context), ...changes })
}

/** A temporary credential, for a case about a later step. */
export async function temporaryCredential(context: Context): Promise<Keys> {
  const { keys } = await initiated(context)
  return keys
}

/** The first step with its response, for a case about the response. */
export function initiated(context: Context): Promise<{ readonly keys: Keys; readonly response: Exchange }> {
  return prepared(context, async () => {
    const response = await initiate(context)
    return { keys: expectCredential(response, 'a request for a temporary credential'), response }
  })
}

/** A temporary credential that the test user approved. */
export async function approvedCredential(context: Context): Promise<Approved> {
  const temporary = await temporaryCredential(context)
  return prepared(context, async () => ({ temporary, verifier: await verifierOf(context, temporary) }))
}

/** A separate token credential. */
export async function newToken(context: Context): Promise<Keys> {
  const approved = await approvedCredential(context)
  return prepared(context, async () => {
    const token = expectCredential(
      await exchange(context, approved),
      'the exchange of an approved credential',
    )
    context.flow = 'works'
    return token
  })
}

export async function sharedToken(context: Context): Promise<Keys> {
  context.sharedToken ??= await newToken(context)
  return context.sharedToken
}

/** The verifier that the test user brings or sees after approving. */
export async function verifierOf(context: Context, temporary: Keys): Promise<string> {
  const { approve } = context.target
  const { verifier, last } = await decide(
    context,
    context.browser,
    authorizationUrl(context, temporary.key),
    approve,
  )
  if (verifier === undefined) {
    const page = last?.response === undefined ? '' : `; the last response was ${statusText(last.response)}`
    throw new Failure('a verifier after the approval', `none${page}`, last)
  }
  return verifier
}

/** If a provider's flow never works, the first case that needs it fails; the others are skipped. */
async function prepared<T>(context: Context, step: () => Promise<T>): Promise<T> {
  const isBroken = context.flow === 'broken'
  try {
    return await step()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    if (isBroken) throw new Skip(`the flow does not work (${error.message})`)
    if (context.flow === 'untried') context.flow = 'broken'
    throw error
  }
}
