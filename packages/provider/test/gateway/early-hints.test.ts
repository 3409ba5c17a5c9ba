import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ThirdParty } from '../../../../test/support/third-party.ts'
import { sendRaw } from './raw-request.ts'
import { client, openSetting, type RecordingUpstream, recordingUpstream, type Setting } from './setting.ts'

const links = ['</style.css>; rel=preload; as=style', '</app.js>; rel=preload; as=script']
let upstream: RecordingUpstream
let setting: Setting

beforeAll(async () => {
  upstream = await recordingUpstream((req, res) => {
    const link = req.url === '/odd' ? 'not a link' : links.join(', ')
    req.socket.write(`HTTP/1.1 103 Early Hints\r\nLink: ${link}\r\nX-Own: 1\r\n\r\n`)
    res.end('done')
  })
  setting = await openSetting(upstream.address)
})
afterAll(async () => {
  await setting.close()
  await upstream.close()
})

const thirdParty = new ThirdParty(client)
const authorizationFor = (path: string) =>
  thirdParty.authorization('GET', setting.address + path, { token: setting.token })

/** The response to a GET, and what was sent before it. */
async function get(path: string) {
  const before: { statusCode: number; headers: NodeJS.Dict<string | string[]> }[] = []
  const sending = request(setting.address + path, { headers: { authorization: authorizationFor(path) } })
  sending.on('information', (information) => before.push(information)).end()
  const [response] = (await once(sending, 'response')) as [IncomingMessage]
  const body = (await response.setEncoding('utf8').toArray()).join('')
  return { before, status: response.statusCode, body }
}

it('early hints of an upstream reach the client before the response', async () => {
  const { before, status, body } = await get('/a')
  expect(before.map(({ statusCode, headers }) => [statusCode, headers['link']])).toEqual([
    [103, links.join(', ')],
  ])
  expect([status, body]).toEqual([200, 'done'])
})

it('early hints that cannot be written are left out', async () => {
  expect(await get('/odd')).toEqual({ before: [], status: 200, body: 'done' })
})

it('early hints are kept from a client of HTTP/1.0, which would take them for the response', async () => {
  const { host } = new URL(setting.address)
  const head = ['GET /a HTTP/1.0', `Host: ${host}`, `Authorization: ${authorizationFor('/a')}`]
  const response = await sendRaw(setting.address, `${head.join('\r\n')}\r\n\r\n`)
  expect(response).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  expect(response).not.toContain('103')
})
