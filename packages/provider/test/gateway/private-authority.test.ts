import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ThirdParty } from '../../../../test/support/third-party.ts'
import { available } from '../../../countersign/test/services.ts'
import { authority } from '../certificates.ts'
import { temporaryDirectory } from '../running-provider.ts'
import { sendRaw } from './raw-request.ts'
import { client, openSetting, type Setting } from './setting.ts'
import { switching, upgradeRequest } from './upgrade-request.ts'

const isComplete = await available('openssl')
const directory = temporaryDirectory()
const before = getCACertificates()
let trusted: Server
let untrusted: Server

/** An API that speaks https with a certificate for `localhost`, and accepts every WebSocket. */
async function securedUpstream(issuer: ReturnType<typeof authority>, name: string): Promise<Server> {
  const { certificateFile, keyFile } = issuer.issue(name)
  const files = { cert: readFileSync(certificateFile), key: readFileSync(keyFile) }
  const server = createServer(files, (req, res) => res.end(`host ${req.headers.host}`))
  server.on('upgrade', (_req, socket: Duplex) => socket.on('error', () => {}).end(`${switching}hello`))
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

beforeAll(async () => {
  if (!isComplete) return
  const issuer = authority(directory.path)
  trusted = await securedUpstream(issuer, 'trusted')
  setDefaultCACertificates([...before, issuer.certificate])
  // The same names again: another authority of the same name.
  untrusted = await securedUpstream(authority(directory.path), 'untrusted')
})
afterAll(async () => {
  setDefaultCACertificates(before)
  for (const server of isComplete ? [trusted, untrusted] : []) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  directory.remove()
})

const addressOf = (server: Server, host = 'localhost') =>
  `https://${host}:${(server.address() as AddressInfo).port}`

/** What a client gets for a request and for a WebSocket, and what the gateway logs of them. */
async function responses(upstream: string) {
  const lines: string[] = []
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) })
  const setting: Setting = await openSetting(upstream, {}, log)
  try {
    const url = `${setting.address}/a`
    const authorization = new ThirdParty(client).authorization('GET', url, { token: setting.token })
    const response = await fetch(url, { headers: { authorization } })
    const upgrade = await sendRaw(setting.address, upgradeRequest(setting, '/feed'))
    return { status: response.status, body: await response.text(), upgrade, lines }
  } finally {
    await setting.close()
  }
}

describe.skipIf(!isComplete)('an upstream with a certificate of a private authority', () => {
  it.each(['localhost', '127.0.0.1'])('that is trusted is reached at %s', async (name) => {
    const { status, upgrade, lines } = await responses(addressOf(trusted, name))
    expect(status).toBe(200)
    expect(upgrade).toMatch(/^HTTP\/1\.1 101 /)
    expect(upgrade).toMatch(/hello$/)
    expect(lines).toEqual([])
  })

  it.each(['localhost', '127.0.0.1'])(
    'has it checked against its own name %s, also where it gets the host of the client',
    async (name) => {
      const setting = await openSetting(addressOf(trusted, name), { gateway: { keepHost: true } })
      const known = { address: 'http://api.example', token: setting.token }
      const upgrade = await sendRaw(setting.address, upgradeRequest(known, '/feed'))
      const authorization = new ThirdParty(client).authorization('GET', `${known.address}/a`, known)
      const head = [
        'GET /a HTTP/1.1',
        'Host: api.example',
        'Connection: close',
        `Authorization: ${authorization}`,
      ]
      const response = await sendRaw(setting.address, `${head.join('\r\n')}\r\n\r\n`)
      await setting.close()
      expect(upgrade).toMatch(/^HTTP\/1\.1 101 /)
      expect(response).toMatch(/^HTTP\/1\.1 200 /)
      expect(response).toContain('host api.example')
    },
  )

  it('that is not trusted is a 502, and the log says why', async () => {
    const { status, body, upgrade, lines } = await responses(addressOf(untrusted))
    expect(status).toBe(502)
    expect(JSON.parse(body)).toMatchObject({ error: 'bad_gateway' })
    expect(upgrade).toMatch(/^HTTP\/1\.1 502 /)
    expect(lines).toHaveLength(2)
    for (const line of lines) {
      const { msg, status: logged, err } = JSON.parse(line)
      expect([msg, logged]).toEqual(['the upstream failed', 502])
      expect(err.message).toMatch(/certificate/)
      expect(err.code).toMatch(/CERT|SIGNATURE|ISSUER/)
    }
  })
})
