import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Keys } from '../../../../test/support/third-party.ts'
import { deliver, type SignedRequest, signedRequest } from '../processes/signed-request.ts'
import { itemBody } from './api-process.ts'
import { client } from './setting.ts'

/** What a client of the load sends: signed, or not as it should be. */
const kinds = ['GET', 'POST', 'GET', 'POST', 'unsigned', 'altered body'] as const
export type Kind = (typeof kinds)[number]

/** A request of the load, and what its client saw. */
export interface Sent {
  readonly path: string
  readonly kind: Kind
  readonly request: SignedRequest
  /** A status with a whole response; or that the connection broke before one, or in the middle of it. */
  readonly outcome: number | 'none' | 'broken off'
}

/** Clients that send one request after the other until they are told to stop. */
export class Load {
  readonly sent: Sent[] = []
  readonly #address: () => string
  readonly #token: Keys
  readonly #name: string
  #count = 0
  #isStopped = false
  readonly #clients: Promise<unknown>

  /** @param name - The beginning of all paths. */
  constructor(address: () => string, token: Keys, name: string) {
    this.#address = address
    this.#token = token
    this.#name = name
    this.#clients = Promise.all(Array.from({ length: 6 }, () => this.#client()))
    // Told by `stop`; until then nothing may be waiting.
    this.#clients.catch(() => {})
  }

  /** Waits until so many more requests had a whole response with status 200. */
  async more(successes: number): Promise<void> {
    const count = () => this.sent.filter(({ outcome }) => outcome === 200).length
    const enough = count() + successes
    // The clients end early where one of them found something wrong.
    while (count() < enough && !this.#isStopped) await Promise.race([sleep(5), this.#clients])
    if (this.#isStopped) await this.#clients
  }

  /** @throws Error where a response was not whole, and yet passed for it. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#clients
  }

  async #client(): Promise<void> {
    try {
      while (!this.#isStopped) await this.#next()
    } finally {
      this.#isStopped = true
    }
  }

  async #next(): Promise<void> {
    const number = this.#count++
    const kind = kinds[number % kinds.length] as Kind
    const path = `/${this.#name}/${number}`
    const request = requestOf(kind, path, this.#token)
    const outcome = await send(this.#address(), request)
    this.sent.push({ path, kind, request, outcome })
    // As a client does that cannot reach anything.
    if (outcome === 'none') await sleep(250)
  }
}

/** The body of a POST of the load. */
export function postedBody(path: string): string {
  return JSON.stringify({ path, text: 'x'.repeat(5_000) })
}

/** Sends a request of the load, once more or for the first time. */
export async function send(address: string, request: SignedRequest): Promise<Sent['outcome']> {
  let response: Response
  try {
    response = await deliver(address, request)
  } catch (error) {
    return goneAs('none', error)
  }
  let body: string
  try {
    body = await response.text()
  } catch (error) {
    return goneAs('broken off', error)
  }
  const expected = itemBody(new URL(request.url).pathname)
  if (response.status === 200 && body !== expected)
    throw new Error(
      `${request.url} had ${body.length} of ${expected.length} characters: ${body.slice(0, 80)}`,
    )
  return response.status
}

/** Only a connection that broke, or could not be made, is what a kill may look like. */
function goneAs<T>(outcome: T, error: unknown): T {
  if (error instanceof TypeError && ['fetch failed', 'terminated'].includes(error.message)) return outcome
  throw error
}

function requestOf(kind: Kind, path: string, token: Keys): SignedRequest {
  if (kind === 'GET') return signedRequest('GET', path, client, token)
  const body = postedBody(path)
  const oauth = { oauth_body_hash: createHash('sha1').update(body).digest('base64') }
  const { headers, ...request } = signedRequest('POST', path, client, token, { oauth })
  const type = { 'content-type': 'application/json' }
  if (kind === 'unsigned') return { ...request, headers: type, body }
  return {
    ...request,
    headers: { ...headers, ...type },
    body: kind === 'POST' ? body : body.replace('xx', 'xy'),
  }
}
