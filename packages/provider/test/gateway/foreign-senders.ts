import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { OAuth } from 'oauth'
import { allowBrokenPipe } from '../../../../test/support/broken-pipe.ts'
import { type Keys, ThirdParty } from '../../../../test/support/third-party.ts'
import type { ForeignRequest } from './foreign-requests.ts'

/** Who the clients sign for. */
export interface Credentials {
  readonly client: Keys
  readonly token: Keys
}

/** A request with the whole address in the place of `rest`. */
export interface Addressed extends ForeignRequest {
  readonly url: string
}

/** Has a client send requests, one after the other, and does not look at the responses. */
export type Send = (requests: readonly Addressed[], credentials: Credentials) => Promise<void>

/** A program of `test/clients/off-spec`, in which the client has a name. */
export function program(command: string, file: string, client: string): Send {
  return async (requests, { client: { key, secret }, token }) => {
    const path = fileURLToPath(new URL(`../../../../test/clients/off-spec/${file}`, import.meta.url))
    const child = spawn(command, [path], { env: { ...process.env, http_proxy: '', no_proxy: '127.0.0.1' } })
    const credentials = { key, secret, token: token.key, tokenSecret: token.secret }
    allowBrokenPipe(child.stdin)
    child.stdin.end(JSON.stringify({ credentials, requests: requests.map((each) => ({ ...each, client })) }))
    child.stdout.resume()
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')])
    if (code !== 0) throw new Error(`${file} exited with ${code}: ${stderr}`)
  }
}

/** oauth-1.0a signs, and Node sends. */
export const oauth1a: Send = async (requests, { client, token }) => {
  const signer = new ThirdParty(client)
  for (const { method, url, form, content, type } of requests) {
    const body = form ?? content
    const data = form === undefined ? undefined : dataOf(new URLSearchParams(form))
    const headers = {
      authorization: signer.authorization(method, url, { token, data }),
      ...(body === undefined
        ? {}
        : {
            'content-type': type ?? 'application/x-www-form-urlencoded',
            'content-length': Buffer.byteLength(body),
          }),
    }
    const sending = request(url, { method, headers }).end(body)
    const [response] = await once(sending, 'response')
    response.resume()
    await once(response, 'close')
  }
}

/** The npm package oauth, which knows four verbs. */
export const nodeOauth: Send = async (requests, { client, token }) => {
  const oauth = new OAuth('', '', client.key, client.secret, '1.0', 'oob', 'HMAC-SHA1')
  for (const { method, url, form, content, type } of requests) {
    await new Promise<void>((resolve) => {
      const done = () => resolve()
      const body = form === undefined ? (content ?? '') : dataOf(new URLSearchParams(form))
      if (method === 'GET') oauth.get(url, token.key, token.secret, done)
      else if (method === 'DELETE') oauth.delete(url, token.key, token.secret, done)
      else if (method === 'PUT') oauth.put(url, token.key, token.secret, body, type, done)
      else oauth.post(url, token.key, token.secret, body, type, done)
    })
  }
}

/** A repeated name has a list. */
function dataOf(fields: URLSearchParams): Record<string, string | string[]> {
  const names = [...new Set(fields.keys())]
  return Object.fromEntries(
    names.map((name) => {
      const values = fields.getAll(name)
      return [name, values.length > 1 ? values : (values[0] ?? '')]
    }),
  )
}
