import { isForm } from '../protocol/form-type.ts'

/** The options of `client.fetch`: all options of `fetch`, and these. */
export interface SignedFetchInit extends RequestInit {
  /** Overrides the client's `retries`, and applies to any method: use it only if sending twice does no harm. */
  readonly retries?: number
}

/** A request for `fetch`, read once so that it can be signed and sent several times. */
export interface OutgoingRequest {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  /** A body that can be signed or hashed. */
  readonly content: string | URLSearchParams | Uint8Array | undefined
  /** A body that is passed on untouched: a stream, or multipart. */
  readonly untouched: RequestInit['body']
  /** Whether the body can be sent a second time. */
  readonly repeatable: boolean
  readonly redirect: NonNullable<RequestInit['redirect']>
  /** All other members of `RequestInit`. */
  readonly rest: RequestInit
}

/** Reads the arguments of `fetch`. If it is a `Request`, only a form body is read; any other stays a stream. */
export async function readOutgoing(
  input: string | URL | Request,
  init: SignedFetchInit,
  readsBlobs: boolean,
): Promise<OutgoingRequest> {
  const base = typeof input === 'object' && 'url' in input ? input : undefined
  const { method, headers: givenHeaders, body: givenBody, redirect, retries: _, ...rest } = init
  const headers = new Headers(givenHeaders ?? base?.headers)
  const given = givenBody ?? base?.body ?? undefined
  const isFormOfRequest = given !== undefined && givenBody == null && isForm(headers.get('content-type'))
  const body = isFormOfRequest ? await (base as Request).arrayBuffer() : given
  return {
    method: method ?? base?.method ?? 'GET',
    url: base?.url ?? String(input),
    headers,
    redirect: redirect ?? base?.redirect ?? 'follow',
    rest: { ...(base && membersOf(base)), ...rest },
    ...(await kindOf(body ?? undefined, headers, readsBlobs)),
  }
}

type Body = Pick<OutgoingRequest, 'content' | 'untouched' | 'repeatable'>

async function kindOf(body: RequestInit['body'], headers: Headers, readsBlobs: boolean): Promise<Body> {
  const known = (content: Body['content']) => ({ content, untouched: undefined, repeatable: true })
  if (body === undefined || body === null || typeof body === 'string') return known(body ?? undefined)
  if (body instanceof URLSearchParams) return known(body)
  if (body instanceof ArrayBuffer) return known(new Uint8Array(body))
  if (ArrayBuffer.isView(body)) return known(new Uint8Array(body.buffer, body.byteOffset, body.byteLength))
  if (body instanceof Blob) {
    if (body.type !== '' && !headers.has('content-type')) headers.set('content-type', body.type)
    if (readsBlobs || isForm(headers.get('content-type')))
      return known(new Uint8Array(await body.arrayBuffer()))
  }
  const repeatable = body instanceof Blob || body instanceof FormData
  return { content: undefined, untouched: body, repeatable }
}

/** The members of a request other than method, URL, headers and body that differ from the defaults of `fetch`. */
function membersOf(request: Request): RequestInit {
  const members = Object.entries(defaults).map(([name, usual]) => {
    const value = request[name as keyof typeof defaults]
    return [name, value === usual ? undefined : value]
  })
  return Object.fromEntries(members.filter(([, value]) => value !== undefined))
}

/** The defaults of the Fetch standard: some runtimes know fewer members, and refuse the others. */
const defaults = {
  signal: undefined,
  cache: 'default',
  credentials: 'same-origin',
  integrity: '',
  keepalive: false,
  mode: 'cors',
  referrer: 'about:client',
  referrerPolicy: '',
} as const

/** The arguments for `fetch` to send this request. */
export function requestInit(request: OutgoingRequest, redirect: OutgoingRequest['redirect']): RequestInit {
  const { method, headers, content, untouched, rest } = request
  const body = untouched ?? content
  return {
    ...rest,
    method,
    headers,
    redirect,
    ...(body === undefined ? {} : { body: body as NonNullable<RequestInit['body']> }),
    // Node sends a stream only with `duplex: 'half'`.
    ...(untouched === undefined || request.repeatable ? {} : { duplex: 'half' as const }),
  }
}
