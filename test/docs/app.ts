import type { AddressInfo, Server } from 'node:net'
import { ResourceProtector } from 'countersign'
import { memoryHooks } from 'countersign/memory'
import { formOf, ThirdParty } from '../support/third-party.ts'

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
  /** What the client takes for the secret of its token. */
  readonly tokenSecret?: string
  /** Signed by the client alone, without the token. */
  readonly alone?: boolean
}

/** A request of that client with that token, signed by oauth-1.0a. */
export function signed(
  method: string,
  url: string,
  { form, headers, signedUrl = url, tokenSecret = token.oauthTokenSecret, alone }: Call = {},
): Request {
  const signer = new ThirdParty({ key: client.clientId, secret: client.clientSecret })
  const keys = alone ? undefined : { key: token.oauthToken, secret: tokenSecret }
  const authorization = signer.authorization(method, signedUrl, { data: form, token: keys })
  return new Request(url, {
    method,
    headers: { authorization, ...headers },
    ...(form ? { body: formOf(form) } : {}),
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
