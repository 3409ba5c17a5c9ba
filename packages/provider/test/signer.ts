import { type Keys, ThirdParty } from '../../../test/support/third-party.ts'

/** Sends requests to one site for one client, protocol parameters in the header. */
export function signer(site: string, client: Keys, token?: Keys) {
  const thirdParty = new ThirdParty(client)
  return (method: string, path: string, data: Record<string, string>): Promise<Response> =>
    thirdParty.send(method, site + path, { data, token })
}
