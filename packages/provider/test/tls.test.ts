import { once } from 'node:events'
import { copyFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { connect as connectBare, type Socket } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { connect } from 'node:tls'
import { afterAll, describe, expect, it } from 'vitest'
import { ThirdParty } from '../../../test/support/third-party.ts'
import { available } from '../../countersign/test/services.ts'
import { createProvider, type Provider } from '../src/provider.ts'
import type { SettingsInput } from '../src/settings/settings.ts'
import { createLog } from '../src/telemetry/log.ts'
import { authority, freePort } from './certificates.ts'
import { runCliJson, runProvider, temporaryDirectory } from './running-provider.ts'

const directory = temporaryDirectory()
const cwd = directory.path
afterAll(() => directory.remove())

if (await available('openssl')) {
  const ca = authority(cwd)
  const [first, second] = [ca.issue('first'), ca.issue('second')]

  const get = (url: string, headers: Record<string, string> = {}) =>
    new Promise<{ status: number | undefined; cookie: string; body: string }>((resolve, reject) => {
      const sent = request(url, { ca: ca.certificate, headers, agent: false }, (response) => {
        const cookie = String(response.headers['set-cookie'])
        text(response).then((body) => resolve({ status: response.statusCode, cookie, body }), reject)
      })
      sent.on('error', reject).end()
    })

  /** The serial number of the certificate that a new connection is shown. */
  const shown = (port: number) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca: ca.certificate }, () => {
        resolve(socket.getPeerCertificate().serialNumber)
        socket.destroy()
      })
      socket.on('error', reject)
    })

  it('speaks https without a proxy, and takes new files at SIGHUP and when they change', async () => {
    const files = { certificate: join(cwd, 'own.pem'), key: join(cwd, 'own.key') }
    const install = ({ certificateFile, keyFile }: typeof first) => {
      copyFileSync(certificateFile, files.certificate)
      copyFileSync(keyFile, files.key)
    }
    install(first)
    const port = await freePort()
    const site = `https://localhost:${port}`
    const { clientId, clientSecret } = await runCliJson<{ clientId: string; clientSecret: string }>(cwd, [
      ...['client', 'add', '--name', 'Album'],
    ])
    const provider = await runProvider(cwd, {
      PORT: String(port),
      PUBLIC_URL: site,
      TLS_CERTIFICATE_FILE: files.certificate,
      TLS_KEY_FILE: files.key,
      OAUTH1_TWO_LEGGED: 'true',
      LOG_LEVEL: 'info',
    })
    expect(provider.url).toBe(`https://127.0.0.1:${port}`)
    const page = await get(`${site}/sign-in`, { accept: 'text/html' })
    expect([page.status, page.cookie]).toEqual([200, expect.stringMatching(/^__Host-countersign=.*; Secure/)])
    const signing = new ThirdParty({ key: clientId, secret: clientSecret })
    const echo = await get(`${site}/api/echo`, {
      authorization: signing.authorization('GET', `${site}/api/echo`),
    })
    expect([echo.status, JSON.parse(echo.body).client]).toEqual([200, { key: clientId, name: 'Album' }])
    // A visitor is known by the connection.
    expect(provider.output.stderr).toContain('"network":"127.0.0.1"')

    expect(await shown(port)).toBe('01')
    copyFileSync(second.certificateFile, files.certificate)
    process.kill(provider.pid, 'SIGHUP')
    while (!provider.output.stderr.includes('TLS files cannot be used')) await shown(port)
    expect(await shown(port)).toBe('01')
    copyFileSync(second.keyFile, files.key)
    process.kill(provider.pid, 'SIGHUP')
    while ((await shown(port)) !== '02') await new Promise((resolve) => setTimeout(resolve, 20))
    // Nothing tells it of these.
    install(first)
    while ((await shown(port)) !== '01') await new Promise((resolve) => setTimeout(resolve, 100))
    expect(await provider.stop()).toBe(0)
  })

  const pem = (content: string) => {
    const file = join(cwd, `file${content.length}`)
    writeFileSync(file, content)
    return file
  }
  it.each([
    [
      'a missing file',
      join(cwd, 'none.pem'),
      first.keyFile,
      /^TLS_CERTIFICATE_FILE: the file .*none\.pem does not exist\.$/,
    ],
    [
      'the key of another certificate',
      first.certificateFile,
      second.keyFile,
      /^TLS_KEY_FILE: in .*second\.key the key does not belong to the certificate in .*first\.pem\.$/,
    ],
    [
      'a file that is no certificate',
      pem('hello'),
      first.keyFile,
      /^TLS_CERTIFICATE_FILE: the file .* contains no PEM block "CERTIFICATE"\.$/,
    ],
    [
      'files that were exchanged',
      first.keyFile,
      first.certificateFile,
      /^TLS_CERTIFICATE_FILE: the file .*first\.key contains no PEM block/,
    ],
    [
      'a broken certificate',
      pem('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'),
      first.keyFile,
      /^TLS_/,
    ],
    [
      'an expired certificate',
      ca.issue('old', 0).certificateFile,
      join(cwd, 'old.key'),
      /expired on \d{4}-\d\d-\d\d\. Renew it\.$/,
    ],
    ['a certificate alone', first.certificateFile, undefined, /^TLS_KEY_FILE: must be set too/],
  ])('does not start with %s, and says why', async (_, tlsCertificateFile, tlsKeyFile, message) => {
    const settings = {
      port: 0,
      database: ':memory:',
      origin: 'https://localhost',
      tlsCertificateFile,
      tlsKeyFile,
    }
    await expect(createProvider(settings, createLog('silent'))).rejects.toThrow(message)
  })

  it('demands the public https address with them', async () => {
    const files = { tlsCertificateFile: first.certificateFile, tlsKeyFile: first.keyFile }
    const started = createProvider({ port: 0, database: ':memory:', ...files }, createLog('silent'))
    await expect(started).rejects.toThrow(/^PUBLIC_URL: must be the https address/)
  })

  describe('a client that connects and sends nothing', () => {
    const open = async (limits: SettingsInput): Promise<{ provider: Provider; socket: Socket }> => {
      const files = { tlsCertificateFile: first.certificateFile, tlsKeyFile: first.keyFile }
      const own = { port: 0, database: ':memory:', origin: 'https://localhost', ...files, ...limits }
      const provider = await createProvider(own, createLog('silent'))
      const socket = connectBare(Number(new URL(provider.address).port), '127.0.0.1').resume()
      await once(socket, 'connect')
      return { provider, socket }
    }

    it('does not hold up the stop', async () => {
      const { provider, socket } = await open({ shutdownSeconds: 0 })
      const closed = once(socket, 'close')
      await provider.close()
      await closed
    })

    it('is cut off before its handshake takes as long as a request may', async () => {
      const { provider, socket } = await open({ requestTimeoutSeconds: 1 })
      await once(socket, 'close')
      await provider.close()
    }, 60_000)
  })
}
