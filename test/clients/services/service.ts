import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { AuthorizationServer, type ClientPolicy, type OAuth1Event, ResourceProtector } from 'countersign'
import { memoryHooks } from 'countersign/memory'
import { currentAuthentication, endpoint, requireOAuth } from 'countersign/node'
import * as entry from 'countersign/profiles'
import type { Certificate } from './certificate.ts'
import { pem, privatePem } from './keys.ts'

export type ProfileName = keyof typeof entry

/** Of every client and token here. */
export const keys = {
  key: 'client-1',
  secret: 'client secret/1',
  token: 'token-1',
  tokenSecret: 'token secret+1',
  privateKey: privatePem,
} as const

export interface Service {
  readonly ports: { readonly http: number; readonly https: number }
  /** The parameters of each request that reached the API, as `a=1&b=2`, without escapes. */
  readonly reached: readonly string[]
  /** Of each request, in order: what became of it. */
  readonly events: readonly OAuth1Event[]
  /** Approves as user 7: the verifier. */
  allow(authorizeUrl: string): Promise<string>
  close(): Promise<void>
}

/** Which endpoint an address is at any of the services. */
const endpoints: readonly (readonly [address: RegExp, name: 'initiate' | 'token' | 'renew' | 'revoke'])[] = [
  [/^\/oauth\/(?:initiate|request_token)|title=Special(?::|%3A)OAuth(?:\/|%2F)initiate/, 'initiate'],
  [/^\/oauth\/(?:token|access_token)|title=Special(?::|%3A)OAuth(?:\/|%2F)token/, 'token'],
  [/^\/oauth\/renew_access_token/, 'renew'],
  [/^\/oauth\/revoke_access_token/, 'revoke'],
]

/** A provider of one profile under the addresses of its service, over HTTP and TLS. */
export async function openService(
  profile: ProfileName | ClientPolicy,
  certificate: Certificate,
  {
    response = {},
    secret = keys.secret,
  }: { readonly response?: object | string | undefined; readonly secret?: string } = {},
): Promise<Service> {
  const profiles: Readonly<Record<string, ClientPolicy>> = { ...entry }
  const policy = typeof profile === 'string' ? { profile } : profile
  const hooks = memoryHooks({
    clients: [
      {
        clientId: keys.key,
        clientSecret: secret,
        ...(secret === '' ? {} : { rsaPublicKey: pem }),
        callbacks: ['https://tool.example.com/ready'],
        policy,
      },
    ],
    tokens: [{ clientId: keys.key, oauthToken: keys.token, oauthTokenSecret: keys.tokenSecret, userId: 7 }],
  })
  const events: OAuth1Event[] = []
  const on = (event: OAuth1Event) => {
    events.push(event)
  }
  const server = new AuthorizationServer({ hooks, profiles, on })
  const protector = new ResourceProtector({ hooks, profiles, on })
  const routes = {
    initiate: endpoint(server.initiate),
    token: endpoint(server.token),
    renew: endpoint(server.renew),
    revoke: endpoint(server.revoke),
  }
  const reached: string[] = []
  const api = requireOAuth(protector)(async (req, res) => {
    const { parameters } = currentAuthentication(req).request
    reached.push(parameters.map((pair) => pair.join('=')).join('&'))
    await req.toArray()
    res.setHeader('content-type', typeof response === 'string' ? 'application/xml' : 'application/json')
    res.end(typeof response === 'string' ? response : JSON.stringify(response))
  })
  const listener: RequestListener = (req, res) => {
    const [, name] = endpoints.find(([address]) => address.test(req.url ?? '')) ?? []
    // NetSuite says in the open where an account's data lies.
    if (req.url?.startsWith('/rest/datacenterurls')) res.end('{"error":{"code":"UNKNOWN"}}')
    else (name ? routes[name] : api)(req, res)
  }
  const servers = [createServer(listener), createTlsServer(certificate, listener)]
  const [http, https] = (await Promise.all(servers.map(listening))) as [number, number]
  return {
    ports: { http, https },
    events,
    reached,
    async allow(authorizeUrl) {
      const { searchParams } = new URL(authorizeUrl)
      // E*TRADE's page names it in its own way.
      const oauthToken = searchParams.get('oauth_token') ?? searchParams.get('token') ?? ''
      const decision = await server.decideAuthorization(oauthToken, { id: 7 })
      if (decision.kind === 'code') return decision.oauthVerifier
      return new URL(decision.location ?? '').searchParams.get('oauth_verifier') ?? ''
    },
    async close() {
      for (const each of servers) {
        each.closeAllConnections()
        each.close()
        await once(each, 'close')
      }
    },
  }
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
