import { createHmac } from 'node:crypto'
import type { AddressInfo, Server } from 'node:net'
import { ResourceProtector } from 'countersign'
import { memoryHooks } from 'countersign/memory'
import OAuth from 'oauth-1.0a'

const client = { clientId: 'demo', clientSecret: 'demo-secret' }
const token = { clientId: 'demo', oauthToken: 'token', oauthTokenSecret: 'token-secret', userId: 'ada' }

/** What the snippets of the guides start from: a client, and a token of scope `notes:read`. */
export const hooks = memoryHooks({ clients: [client], tokens: [{ ...token, scope: 'notes:read' }] })
export const protector = new ResourceProtector({ hooks })

/** What to send besides the verb and the URL. */
export interface Call {
  /** Signed, and sent as a form. */
  readonly form?: Readonly<Record<string, string | string[]>>
  readonly headers?: Readonly<Record<string, string>>
  /** What the client believes to call: the origin in front of a proxy. */
  readonly signedUrl?: string
}

/** A request of that client with that token, signed by oauth-1.0a. */
export function signed(method: string, url: string, { form, headers, signedUrl = url }: Call = {}): Request {
  const oauth = new OAuth({
    consumer: { key: client.clientId, secret: client.clientSecret },
    signature_method: 'HMAC-SHA1',
    hash_function: (text, key) => createHmac('sha1', key).update(text).digest('base64'),
  })
  const request = { method, url: signedUrl, ...(form ? { data: form } : {}) }
  const authorization = oauth.authorize(request, { key: token.oauthToken, secret: token.oauthTokenSecret })
  const body = new URLSearchParams()
  for (const [name, value] of Object.entries(form ?? {})) {
    for (const item of [value].flat()) body.append(name, item)
  }
  return new Request(url, {
    method,
    headers: { ...oauth.toHeader(authorization), ...headers },
    ...(form ? { body } : {}),
  })
}

/** Runs `use` with the origin of a listening server, and closes it. */
export async function served(server: Server, use: (origin: string) => Promise<void>): Promise<void> {
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve))
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
}
