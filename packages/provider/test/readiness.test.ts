import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, describe, expect, it } from 'vitest'
import { createProvider } from '../src/provider.ts'
import { createLog } from '../src/telemetry/log.ts'
import { Readiness } from '../src/telemetry/readiness.ts'
import { runProvider, temporaryDirectory } from './running-provider.ts'

const directory = temporaryDirectory()
afterAll(() => directory.remove())
const silent = createLog('silent')

describe('/readyz', () => {
  it('says how each part stands, and is 503 once the database is gone; the process is alive all the same', async () => {
    const provider = await createProvider({ port: 0, database: ':memory:' }, silent)
    const ready = await fetch(`${provider.address}/readyz`)
    expect([ready.status, ready.headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect(await ready.json()).toEqual({
      status: 'ready',
      parts: { database: 'ok', migrations: 'ok', sealing: 'ok', process: 'ok' },
    })
    await provider.services.db.schema.dropTable('kysely_migration').execute()
    const halfway = await fetch(`${provider.address}/readyz`)
    expect([halfway.status, await halfway.json()]).toMatchObject([
      503,
      { status: 'not_ready', parts: { database: 'ok', migrations: 'failed' } },
    ])
    await provider.services.db.destroy()
    const gone = await fetch(`${provider.address}/readyz`)
    expect([gone.status, await gone.json()]).toMatchObject([503, { parts: { database: 'failed' } }])
    expect((await fetch(`${provider.address}/healthz`)).status).toBe(200)
    await provider.close()
  })

  it('waits no longer than its patience for a part that hangs, and asks it once however many want to know', async () => {
    let asked = 0
    let release = () => {}
    const hang = () => {
      asked++
      return new Promise<void>((resolve) => {
        release = resolve
      })
    }
    const readiness = new Readiness({ database: hang, other: async () => {} }, silent)
    const reports = await Promise.all([readiness.report(), readiness.report(), readiness.report()])
    for (const report of reports) {
      expect(report).toEqual({ ready: false, parts: { database: 'late', other: 'ok', process: 'ok' } })
    }
    expect((await readiness.report()).ready).toBe(false)
    expect(asked).toBe(1)
    release()
    // What hung has ended, and so it is asked again.
    const again = readiness.report()
    await new Promise((resolve) => setImmediate(resolve))
    release()
    expect((await again).ready).toBe(true)
  })
})

describe('at SIGTERM', () => {
  it('is not ready at once, finishes requests under way, tells connections to close, and ends with 0', async () => {
    const provider = await runProvider(directory.path, { ORIGIN: 'http://127.0.0.1:1' })
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    expect((await get(`${provider.url}/readyz`, agent)).status).toBe(200)
    const upload = slowForm(provider.url)
    await upload.begun
    const ended = provider.stop()
    // On the connection that was there before: no other gets through. It stays open until the port has closed.
    let last = await get(`${provider.url}/readyz`, agent)
    while (last.connection !== 'close') last = await get(`${provider.url}/readyz`, agent)
    expect(last).toMatchObject({ status: 503, connection: 'close' })
    expect(JSON.parse(last.body)).toMatchObject({ status: 'not_ready', parts: { process: 'stopping' } })
    await expect(fetch(`${provider.url}/healthz`)).rejects.toThrow()
    upload.finish()
    const { status, connection } = await upload.response
    expect([status, connection]).toEqual([401, 'close'])
    expect(await ended).toBe(0)
    agent.destroy()
  })

  it('waits no longer than SHUTDOWN_SECONDS for a request that never ends', async () => {
    const provider = await runProvider(directory.path, { SHUTDOWN_SECONDS: '1' })
    const upload = slowForm(provider.url)
    await upload.begun
    const cut = expect(upload.response).rejects.toThrow()
    expect(await provider.stop()).toBe(0)
    await cut
  })
})

interface Got {
  readonly status: number | undefined
  readonly connection: string | undefined
  readonly body: string
}

function get(url: string, agent: Agent): Promise<Got> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent }, (response) => {
      const { statusCode: status, headers } = response
      text(response).then((body) => resolve({ status, connection: headers.connection, body }), reject)
    })
    sent.on('error', reject).end()
  })
}

/** A form whose end is not sent yet. */
function slowForm(site: string) {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '7' }
  const sent = request(`${site}/oauth/token`, { method: 'POST', headers })
  const response = new Promise<Got>((resolve, reject) => {
    sent.on('error', reject).on('response', (response) => {
      const { statusCode: status, headers } = response
      text(response).then((body) => resolve({ status, connection: headers.connection, body }), reject)
    })
  })
  response.catch(() => {})
  // The head has arrived once the provider asked for more, which `Expect` makes it say.
  sent.setHeader('expect', '100-continue')
  const begun = new Promise<void>((resolve) => sent.once('continue', () => resolve()))
  sent.flushHeaders()
  return { begun, response, finish: () => sent.end('a=b&c=d') }
}
