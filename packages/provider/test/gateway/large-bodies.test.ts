import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { signed } from '../../../../test/support/signer.ts'
import type { Keys } from '../../../../test/support/third-party.ts'
import { type ProviderProcess, runGateway, temporaryDirectory } from '../running-provider.ts'
import { type ApiProcess, readLog, startApi } from './api-process.ts'
import { client, openSetting } from './setting.ts'

const megabyte = 1_048_576
/** The size of a body, more than memory may grow by. `.ci/run` makes it a gigabyte. */
const size = Number(process.env['COUNTERSIGN_STREAM_MB'] ?? 192) * megabyte
/** What a gateway may hold more than before, whatever the size. */
const mostGrowth = 100 * megabyte

vi.setConfig({ testTimeout: 900_000 })

const directory = temporaryDirectory()
const log = join(directory.path, 'api.log')
let api: ApiProcess
let gateway: ProviderProcess
let token: Keys
beforeAll(async () => {
  api = await startApi(log)
  const database = join(directory.path, 'gateway.sqlite')
  const setting = await openSetting(api.address, { database })
  await setting.close()
  token = setting.token
  gateway = await runGateway(directory.path, { GATEWAY_UPSTREAM: api.address, DATABASE_URL: database })
})
afterAll(async () => {
  await gateway?.stop()
  await api?.kill()
  directory.remove()
})

const piece = Buffer.alloc(65_536, '{"a":1}\n')

function* pieces(): Generator<Buffer> {
  for (let left = size; left > 0; left -= piece.length) yield piece.subarray(0, Math.min(left, piece.length))
}

function hashOfAll(): string {
  const hash = createHash('sha1')
  for (const each of pieces()) hash.update(each)
  return hash.digest('base64')
}

function authorization(method: string, url: string, bodyHash?: string): string {
  const { headers } = signed({
    ...{ method, url, client: { clientId: client.key, clientSecret: client.secret } },
    token: { oauthToken: token.key, oauthTokenSecret: token.secret },
    oauth: bodyHash === undefined ? {} : { oauth_body_hash: bodyHash },
  })
  return String(headers['authorization'])
}

/** Sends the large body, and returns the status. */
async function upload(path: string, type: string, bodyHash?: string): Promise<number | undefined> {
  const url = gateway.url + path
  const headers = {
    authorization: authorization('POST', url, bodyHash),
    'content-type': type,
    'content-length': size,
  }
  const sending = request(url, { method: 'POST', headers })
  const responded = once(sending, 'response')
  await pipeline(Readable.from(pieces()), sending)
  const [response] = await responded
  response.resume()
  await once(response, 'close')
  return response.statusCode
}

async function download(): Promise<number> {
  const url = `${gateway.url}/download/${size}`
  const response = await fetch(url, { headers: { authorization: authorization('GET', url) } })
  let received = 0
  for await (const chunk of response.body ?? []) received += chunk.length
  return received
}

/** Memory of the gateway's process, in octets: now, and the most that it ever was. */
function memory(): { readonly now: number; readonly most: number } {
  const status = readFileSync(`/proc/${gateway.pid}/status`, 'utf8')
  const [now = 0, most = 0] = ['VmRSS', 'VmHWM'].map(
    (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) * 1024,
  )
  return { now, most }
}

/** Returns by how much the gateway's memory ever exceeds what it is before. */
async function growthDuring(work: () => Promise<void>): Promise<number> {
  const before = memory().now
  await work()
  const growth = memory().most - before
  const shown = (octets: number) => `${Math.round(octets / megabyte)} MB`
  console.log(`${shown(size)} through a gateway of ${shown(before)}: it grew by ${shown(growth)}.`)
  return growth
}

describe.skipIf(!existsSync('/proc/self/status'))(`a body of ${size / megabyte} MB passes a gateway`, () => {
  it.each([
    ['as JSON with its hash', 'application/json', true],
    ['as octets without one', 'application/octet-stream', false],
  ])('upwards, %s, and its memory stays flat', async (_what, type, isHashed) => {
    const path = isHashed ? '/hashed' : '/plain'
    const growth = await growthDuring(async () => {
      expect(await upload(path, type, isHashed ? hashOfAll() : undefined)).toBe(200)
    })
    expect(readLog(log).get(path)).toEqual({ begun: 1, completed: 1, bodies: [`${size} ${hashOfAll()}`] })
    expect(growth).toBeLessThan(mostGrowth)
  })

  it('and never arrives complete where its hash is another one', async () => {
    const growth = await growthDuring(async () => {
      const wrong = createHash('sha1').update('another').digest('base64')
      expect(await upload('/wrong', 'application/json', wrong)).toBe(401)
    })
    expect(readLog(log).get('/wrong')).toEqual({ begun: 1, completed: 0, bodies: [] })
    expect(growth).toBeLessThan(mostGrowth)
  })

  it('downwards, and its memory stays flat', async () => {
    const growth = await growthDuring(async () => {
      expect(await download()).toBe(size)
    })
    expect(growth).toBeLessThan(mostGrowth)
  })
})
