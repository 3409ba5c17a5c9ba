import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Logger } from 'pino'
import { afterAll, beforeAll } from 'vitest'
import type { Keys } from '../../../../test/support/third-party.ts'
import { findAccount } from '../../src/accounts/accounts.ts'
import { createGateway, type Gateway } from '../../src/gateway/gateway.ts'
import type { SettingsInput } from '../../src/settings/settings.ts'
import { issueToken } from '../../src/tokens/issued-token.ts'

export const client: Keys = { key: 'album', secret: 'album-secret' }

/** A request as the upstream saw it. */
export interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly rawHeaders: readonly string[]
  readonly body: string
  /** Whether its end arrived. */
  readonly isComplete: boolean
}

/** An API that keeps what it sees. */
export interface RecordingUpstream {
  readonly address: string
  readonly server: Server
  readonly seen: Seen[]
  close(): Promise<void>
}

/** @param respond - Default: 200 with what it saw, as JSON. */
export async function recordingUpstream(respond?: RequestListener): Promise<RecordingUpstream> {
  const seen: Seen[] = []
  const server = createServer({ requireHostHeader: false }, async (req, res) => {
    if (respond !== undefined) return respond(req, res)
    const request = await record(req)
    seen.push(request)
    if (request.isComplete) res.setHeader('content-type', 'application/json').end(JSON.stringify(request))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    seen,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function record(req: IncomingMessage): Promise<Seen> {
  const chunks: Buffer[] = []
  let isComplete = true
  try {
    for await (const chunk of req) chunks.push(chunk)
  } catch {
    isComplete = false
  }
  const { method = '', url = '', rawHeaders } = req
  const headers = req.headers as Record<string, string>
  return { method, url, headers, rawHeaders, body: Buffer.concat(chunks).toString('latin1'), isComplete }
}

/** A gateway in front of an upstream, with a client and a token of the user `anna`. */
export interface Setting {
  readonly gateway: Gateway
  readonly address: string
  readonly token: Keys
  readonly userId: number
  close(): Promise<void>
}

export async function openSetting(
  upstream: string | undefined,
  { gateway: own, ...more }: SettingsInput = {},
  log?: Logger,
): Promise<Setting> {
  const settings = {
    database: ':memory:',
    logLevel: 'silent',
    shutdownSeconds: 1,
    scopes: { 'photos:read': 'see your photos', 'photos:write': 'change your photos' },
    users: [{ name: 'anna' }],
    clients: [client],
    ...more,
    gateway: { upstream, port: 0, adminPort: 0, ...own },
  } as Parameters<typeof createGateway>[0]
  const gateway = await createGateway(settings, log)
  const { services } = gateway
  if (services === undefined) throw new Error('A gateway over files has no user and no token to issue.')
  const user = await findAccount(services.db, 'anna')
  const userId = user?.id as number
  const issued = await issueToken(services, client.key, userId, { scope: 'photos:read' })
  return {
    gateway,
    address: gateway.address,
    token: { key: issued.oauthToken, secret: issued.oauthTokenSecret },
    userId,
    close: () => gateway.close(),
  }
}

/** One API for the tests of a file or a `describe`, which keeps what it sees. */
export function upstreamOfFile(): Omit<RecordingUpstream, 'close'> {
  let upstream: RecordingUpstream
  beforeAll(async () => {
    upstream = await recordingUpstream()
  })
  afterAll(() => upstream.close())
  return {
    get address() {
      return upstream.address
    },
    get server() {
      return upstream.server
    },
    get seen() {
      return upstream.seen
    },
  }
}

/** One gateway for the tests of a file, in front of such an API. */
export function gatewayOfFile(): {
  readonly upstream: Omit<RecordingUpstream, 'close'>
  readonly setting: Setting
} {
  const upstream = upstreamOfFile()
  let setting: Setting
  beforeAll(async () => {
    setting = await openSetting(upstream.address)
  })
  afterAll(() => setting.close())
  return {
    upstream,
    get setting() {
      return setting
    },
  }
}
