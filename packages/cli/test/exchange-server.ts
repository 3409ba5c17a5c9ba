import { generateKeyPairSync } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { ResourceProtector, type TokenCredential } from 'countersign'
import {
  type ClientCredentials,
  clientPairs,
  type IssueRequest,
  scopeTable,
  signedEndpoint,
  TokenExchange,
  tokenEndpoint,
} from 'countersign/bridge'
import { memoryHooks } from 'countersign/memory'
import { endpoint } from 'countersign/node'
import { listen } from '../../countersign/test/adapters/listen.ts'

export const client = { clientId: 'printer', clientSecret: 'printer-secret-1' }
export const app = { clientId: 'app', clientSecret: 'app secret: & ü' }

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const rsaPublicKey = publicKey.export({ type: 'spki', format: 'pem' }) as string
/** What the client can sign with as well. */
export const rsaPrivateKey = privateKey.export({ type: 'pkcs8', format: 'pem' })

/** Whether it has responded to a request, or cut it off, in place of the exchange. */
type Intercept = (res: ServerResponse, req: IncomingMessage) => boolean

/** A server with so many OAuth 1.0 tokens, which exchanges them at `/token` and, where they are signed, at `/exchange`. */
export async function runExchangeServer(count: number) {
  const tokens = Array.from({ length: count }, (_, index) => tokenAt(index))
  const store = memoryHooks({ clients: [{ ...client, rsaPublicKey }], tokens })
  const grants = new Map<string, string>()
  const exchanges: string[] = []
  let intercept: Intercept = () => false
  const protector = new ResourceProtector({
    hooks: store,
    insecureTransport: true,
    supportedSignatureMethods: ['HMAC-SHA1', 'HMAC-SHA256', 'RSA-SHA256'],
  })
  const exchange = new TokenExchange({
    protector,
    insecureTransport: true,
    attemptsPerMinute: 1_000_000,
    hooks: {
      ...store,
      ...clientPairs({ [client.clientId]: app.clientId }),
      scopesFor: scopeTable({ read: ['photos.read'] }),
      issueTokens: async ({ grantId, credential }: IssueRequest) => {
        exchanges.push(credential.oauthToken)
        const accessToken = `access-${credential.oauthToken}-${exchanges.length}`
        grants.set(grantId, accessToken)
        return { accessToken, refreshToken: `refresh-${exchanges.length}`, expiresIn: 3600 }
      },
      revokeTokens: async (grantId) => grants.delete(grantId),
    },
  })
  const isApp = ({ clientId, clientSecret }: ClientCredentials) =>
    clientId === app.clientId && clientSecret === app.clientSecret
  const routes: Record<string, (req: IncomingMessage, res: ServerResponse) => unknown> = {
    '/token': endpoint(tokenEndpoint(exchange, isApp)),
    '/public/token': endpoint(tokenEndpoint(exchange, ({ clientSecret }) => clientSecret === undefined)),
    '/exchange': endpoint(signedEndpoint(exchange)),
  }
  const requests: string[] = []
  const { base, close } = await listen(
    createServer((req, res) => {
      requests.push(req.url ?? '')
      if (intercept(res, req)) return
      const route = routes[req.url ?? '']
      if (route === undefined) res.writeHead(404).end()
      else void route(req, res)
    }),
  )
  return {
    base,
    close,
    tokens,
    /** The tokens that were exchanged, each as often as it was. */
    exchanges,
    /** The paths that were asked for. */
    requests,
    /** The access tokens that are valid now. */
    valid: () => [...grants.values()].sort(),
    revoke: (oauthToken: string) => store.revokeToken(client.clientId, oauthToken),
    intercept: (next: Intercept) => {
      intercept = next
    },
  }
}

export type ExchangeServer = Awaited<ReturnType<typeof runExchangeServer>>

export function tokenAt(index: number): TokenCredential {
  const number = String(index).padStart(4, '0')
  return {
    clientId: client.clientId,
    oauthToken: `t${number}-old-token`,
    oauthTokenSecret: `s${number}-old-secret`,
    userId: index + 1,
    scope: 'read',
  }
}

/** The file of these tokens, as a partner has it. */
export function csvOf(tokens: readonly TokenCredential[]): string {
  const lines = tokens.map(
    ({ clientId, oauthToken, oauthTokenSecret, userId }) =>
      `${clientId},${oauthToken},${oauthTokenSecret},user-${userId}`,
  )
  return `client,token,secret,user\n${lines.join('\n')}\n`
}
