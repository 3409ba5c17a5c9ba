import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { available } from '../../../countersign/test/services.ts'
import { type ForeignClient, foreignClients } from './foreign-clients.ts'
import { type ForeignRequest, type ForeignRequestName, foreignRequests } from './foreign-requests.ts'
import { type PythonUpstream, pythonUpstream, type SeenByPython } from './python-upstream.ts'
import { client, openSetting, type Setting } from './setting.ts'

/** What a gateway may take from a request, or change; the length only where it says that there is no body. */
const ofTheHop = /^(?:host|authorization|connection|keep-alive|te|content-length: 0)$/
/** What a gateway adds. */
const ofTheGateway = /^(?:x-oauth-|x-forwarded-|x-request-id$|via$)/

let upstream: PythonUpstream
let setting: Setting
const isPython = await available('python')
beforeAll(async () => {
  if (!isPython) return
  upstream = await pythonUpstream()
  setting = await openSetting(upstream.address)
})
afterAll(async () => {
  await setting?.close()
  await upstream?.close()
})

/** What the API sees of a client that calls this address. */
async function seenFrom(
  { send }: ForeignClient,
  address: string,
  names: readonly ForeignRequestName[],
): Promise<SeenByPython[]> {
  const requests = names.map((name) => {
    const request: ForeignRequest = foreignRequests[name]
    return { ...request, url: address + request.rest }
  })
  await send(requests, { client, token: setting.token })
  return upstream.seenSince()
}

/** A request without hop-by-hop headers. */
function endToEnd({ headers, ...request }: SeenByPython): object {
  const kept = headers.filter(
    ([name, value]) =>
      !ofTheHop.test(name) && !ofTheHop.test(`${name}: ${value}`) && !ofTheGateway.test(name),
  )
  return { ...request, headers: kept.map((pair) => pair.join(': ')).sort() }
}

for (const foreign of foreignClients) {
  const needed = await Promise.all(foreign.needs.map((name) => available(name)))
  describe.skipIf(!isPython || needed.includes(false))(
    `behind a gateway, an API in Python and ${foreign.name}`,
    () => {
      it('see each other as they do without it, and the API sees whose request it is', async () => {
        const { passing } = foreign
        const direct = await seenFrom(foreign, upstream.address, passing)
        expect(direct.map(({ method }) => method)).toEqual(
          passing.map((name) => foreignRequests[name].method),
        )
        const through = await seenFrom(foreign, setting.address, passing)
        expect(through.map(endToEnd)).toEqual(direct.map(endToEnd))
        for (const { headers } of through) {
          expect(Object.fromEntries(headers)).toMatchObject({
            'x-oauth-user': String(setting.userId),
            'x-oauth-client': client.key,
            'x-oauth-scope': 'photos:read',
          })
          const names = headers.map(([name]) => name)
          expect(names.filter((name) => name.startsWith('x-oauth-'))).toHaveLength(4)
          expect(names).not.toContain('authorization')
        }
      })

      if (foreign.refused.length === 0) return
      it('keep apart where the client signs wrongly', async () => {
        const direct = await seenFrom(foreign, upstream.address, foreign.refused)
        expect(direct).toHaveLength(foreign.refused.length)
        expect(await seenFrom(foreign, setting.address, foreign.refused)).toEqual([])
      })
    },
  )
}
