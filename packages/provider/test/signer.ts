import { createHmac } from 'node:crypto'
import { signed, type Unsigned } from '../../../test/support/signer.ts'
import { type Keys, ThirdParty } from '../../../test/support/third-party.ts'

/** Sends requests to one site for one client, protocol parameters in the header. */
export function signer(site: string, client: Keys, token?: Keys) {
  const thirdParty = new ThirdParty(client)
  return (method: string, path: string, data: Record<string, string>): Promise<Response> =>
    thirdParty.send(method, site + path, { data, token })
}

/** Sends a request that countersign/client signs, as oddly as it is told. */
export function sendSigned(request: Unsigned): Promise<Response> {
  const { url, ...init } = signed(request)
  return fetch(url, init as RequestInit)
}

/** HMAC-SHA1 over another base string than the right one. */
export function wronglySigned(change: (baseString: string) => string) {
  return (baseString: string, key: string) =>
    createHmac('sha1', key).update(change(baseString)).digest('base64')
}
