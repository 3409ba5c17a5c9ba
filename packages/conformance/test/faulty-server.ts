import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import {
  AuthorizationServer,
  type AuthorizationServerOptions,
  type Hooks,
  type HttpRequest,
  type HttpResponse,
  OAuth1Error,
  ResourceProtector,
} from 'countersign'
import { memoryHooks } from 'countersign/memory'
import { endpoint } from 'countersign/node'
import { readTarget, type Target } from '../src/index.ts'
import { ConsentPages, type PageFault } from './consent-pages.ts'
import { listen } from './listen.ts'

export type Step = 'initiate' | 'authorize' | 'token' | 'resource'

/** One thing that a provider does wrong; whatever is left out is right. */
export interface Fault {
  /** Responds before anything else does; `nothing` never responds. */
  respond?(request: HttpRequest, step: Step): HttpResponse | 'nothing' | undefined
  /** What the server takes the request for. */
  seen?(request: HttpRequest, step: Step): HttpRequest
  options?(request: HttpRequest, step: Step): Partial<AuthorizationServerOptions>
  hooks?(honest: Hooks, request: HttpRequest, step: Step): Partial<Hooks>
  response?(
    response: HttpResponse,
    request: HttpRequest,
    step: Step,
    honest: Hooks,
  ): HttpResponse | Promise<HttpResponse>
  readonly page?: PageFault
}

export interface FaultyServer {
  readonly target: Target
  close(): Promise<void>
}

const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})

export { publicKey }
export const callback = 'http://localhost:9/callback'
const methods = ['HMAC-SHA1', 'HMAC-SHA256', 'RSA-SHA1']
const clients = [
  { clientId: 'first', clientSecret: 'first-secret', callbacks: [callback] },
  { clientId: 'second', clientSecret: 'second-secret', callbacks: [callback] },
  { clientId: 'rsa', rsaPublicKey: publicKey, callbacks: [callback] },
]

/** A small provider with one fault, or none. */
export async function openFaultyServer(fault: Fault = {}): Promise<FaultyServer> {
  const honest: Hooks = memoryHooks({ clients })
  const pages = new ConsentPages(fault.page)
  const paths: Record<string, Step> = {
    '/initiate': 'initiate',
    '/authorize': 'authorize',
    '/sign-in': 'authorize',
    '/token': 'token',
    '/resource': 'resource',
  }
  const handlers = new Map(
    (['initiate', 'authorize', 'token', 'resource'] as const).map((step) => [
      step,
      endpoint(async (http) => {
        const outcome = fault.respond?.(http, step)
        if (outcome === 'nothing') return new Promise<HttpResponse>(() => {})
        const response =
          outcome ?? (await respond(fault.seen?.(http, step) ?? http, step, fault, honest, pages))
        return fault.response?.(response, http, step, honest) ?? response
      }),
    ]),
  )
  const server = createServer((req, res) => {
    const step = paths[(req.url ?? '/').split('?')[0] as string]
    if (step === undefined) res.writeHead(404).end()
    else void handlers.get(step)?.(req, res)
  })
  const { base, close } = await listen(server)
  const target = readTarget({
    base,
    ...{ initiate: '/initiate', authorize: '/authorize', token: '/token', resource: '/resource' },
    client: { key: 'first', secret: 'first-secret' },
    secondClient: { key: 'second', secret: 'second-secret' },
    rsaClient: { key: 'rsa', privateKey },
    callback,
    signatureMethods: methods,
    user: { name: 'rosa', password: 'correct horse battery' },
    secondUser: { name: 'emma', password: 'correct horse battery' },
  })
  return { target, close }
}

async function respond(
  http: HttpRequest,
  step: Step,
  fault: Fault,
  honest: Hooks,
  pages: ConsentPages,
): Promise<HttpResponse> {
  const options = {
    supportedSignatureMethods: methods,
    insecureTransport: true,
    ...fault.options?.(http, step),
    hooks: { ...honest, ...fault.hooks?.(honest, http, step) },
  }
  const server = new AuthorizationServer(options)
  if (step === 'initiate') return server.createTemporaryCredentialResponse(http)
  if (step === 'token') return server.createTokenResponse(http)
  if (step === 'authorize') return pages.respond(http, server)
  const protector = new ResourceProtector(options)
  try {
    await protector.authenticate(http)
    return { status: 200, headers: { 'content-type': 'text/plain' }, body: randomUUID() }
  } catch (error) {
    if (error instanceof OAuth1Error) return protector.errorResponse(error)
    throw error
  }
}
