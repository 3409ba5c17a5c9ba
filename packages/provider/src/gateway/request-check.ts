import type { IncomingMessage } from 'node:http'
import type { HttpRequest } from 'countersign'
import { GatewayRefusal } from './gateway-refusal.ts'
import type { GatewayServices } from './gateway-services.ts'
import type { Accepted } from './identity.ts'
import type { Access } from './routes.ts'

/**
 * Checks a route's requirements and returns the signer; undefined for a public route, whose requests are not read.
 *
 * @param read - Reads the parts of the request that the check needs.
 * @throws OAuth1Error when the request is refused; StoreError when the store fails; the errors of `read`.
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
 * Refuses a body that an upstream might read as a form although the check did not.
 *
 * @param form - The form that the check read.
 * @throws GatewayRefusal 415
 */
export function refuseDoubtfulForm(req: IncomingMessage, form: string | undefined): void {
  if (form === undefined && mayBeForm(req))
    throw new GatewayRefusal(
      415,
      'unsupported_media_type',
      'Content-Type can be read as a form or as something else; write application/x-www-form-urlencoded.',
    )
}

/** Whether an upstream might treat the body as a form: broader than the library's definition. */
export function mayBeForm({ headers }: IncomingMessage): boolean {
  return /x-www-form-urlencoded/i.test(headers['content-type'] ?? '')
}
