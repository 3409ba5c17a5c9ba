import type { IncomingMessage } from 'node:http'
import type { HttpRequest } from 'countersign'
import { GatewayRefusal } from './gateway-refusal.ts'
import type { GatewayServices } from './gateway-services.ts'
import type { Accepted } from './identity.ts'
import type { Access } from './routes.ts'

/**
 * Checks what a route demands, and returns who signed; undefined for a public route, whose requests are not read.
 *
 * @param read - Makes of the request what the check needs.
 * @throws OAuth1Error when the request is refused; StoreError when the store fails; what `read` throws.
 */
export async function checkRequest(
  { protector, tokenUses }: Pick<GatewayServices, 'protector' | 'tokenUses'>,
  access: Access,
  read: () => Promise<HttpRequest>,
): Promise<Accepted | undefined> {
  if (access.kind === 'public') return undefined
  const request = await read()
  const accepted =
    access.kind === 'two-legged'
      ? await protector.authenticateClient(request)
      : await protector.authenticate(request, access.scope)
  if (accepted.credential !== undefined) tokenUses?.note(accepted.credential)
  return accepted
}

/**
 * Refuses a body that the check did not read as a form, and that an upstream might.
 *
 * @param form - What the check read.
 * @throws GatewayRefusal 415
 */
export function refuseDoubtfulForm(req: IncomingMessage, form: string | undefined): void {
  if (form === undefined && mayBeForm(req))
    throw new GatewayRefusal(
      415,
      'unsupported_media_type',
      'Content-Type can be read as a form and as something else; write application/x-www-form-urlencoded.',
    )
}

/** Whether an upstream might take the body for a form: more than the library takes for one. */
export function mayBeForm({ headers }: IncomingMessage): boolean {
  return /x-www-form-urlencoded/i.test(headers['content-type'] ?? '')
}
