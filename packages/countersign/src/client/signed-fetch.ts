import { OAuth1ClientError } from './client-error.ts'
import type { Clock } from './clock.ts'
import { type ClientOptions, checkRetries } from './options.ts'
import { type OutgoingRequest, readOutgoing, requestInit, type SignedFetchInit } from './outgoing.ts'
import { isSameOrigin, maxRedirects, redirectedRequest } from './redirect.ts'
import { isIdempotent, secondsBeforeRetry, sleep } from './retry.ts'
import type { SignedRequest, UnsignedRequest } from './signing.ts'

/** What the signed fetch needs from its client. */
export interface Sender {
  readonly options: Pick<ClientOptions, 'retries' | 'clockCorrection' | 'bodyHash' | 'fetch'>
  readonly clock: Clock
  sign(request: UnsignedRequest, isUnread: boolean): Promise<SignedRequest>
}

/** `fetch` that signs a request each time it is sent, and only for the requested origin. */
export async function signedFetch(
  sender: Sender,
  input: string | URL | Request,
  init: SignedFetchInit = {},
  oauth?: UnsignedRequest['oauth'],
): Promise<Response> {
  const { options, clock } = sender
  let request = await readOutgoing(input, init, (options.bodyHash ?? 'never') !== 'never')
  let retriesLeft = allowedRetries(request, init.retries, options.retries)
  let mayCorrectClock = options.clockCorrection === true
  // Another origin must not choose what this client signs: after a redirect to one, nothing is signed.
  let isSigned = true
  for (let tries = 0, redirects = 0; ; ) {
    const sent = isSigned ? await signedOutgoing(sender, request, oauth) : request
    const { response, error } = await send(sent, options.fetch ?? globalThis.fetch)

    const isRefused = isSigned && (response?.status === 400 || response?.status === 401)
    if (mayCorrectClock && isRefused && clock.correct(response.headers.get('date'))) {
      mayCorrectClock = false
      if (request.repeatable) {
        await response.body?.cancel()
        continue
      }
    }

    const seconds = retriesLeft > 0 ? secondsBeforeRetry(response, tries, clock.timestamp()) : undefined
    if (seconds !== undefined && !request.rest.signal?.aborted) {
      tries += 1
      retriesLeft -= 1
      await response?.body?.cancel()
      await sleep(seconds, request.rest.signal)
      continue
    }
    if (response === undefined) throw error

    const next =
      request.redirect === 'follow'
        ? redirectedRequest(request, response, isSigned ? sent.url : undefined)
        : undefined
    if (next === undefined) return redirects === 0 ? response : asRedirected(response)
    await response.body?.cancel()
    redirects += 1
    if (redirects > maxRedirects)
      throw new OAuth1ClientError(
        'too_many_redirects',
        `The server redirects more than ${maxRedirects} times.`,
      )
    isSigned &&= isSameOrigin(next.url, request.url)
    request = next
  }
}

/** @throws OAuth1ClientError `body_not_repeatable` for a call that wants a stream sent again. */
function allowedRetries(
  { method, repeatable }: OutgoingRequest,
  ofCall: number | undefined,
  ofClient: number | undefined,
): number {
  checkRetries(ofCall)
  if (repeatable) return ofCall ?? (isIdempotent(method) ? (ofClient ?? 0) : 0)
  if (!ofCall) return 0
  throw new OAuth1ClientError(
    'body_not_repeatable',
    'The body is a stream, which cannot be sent a second time: leave retries out, or send text, octets or a Blob.',
  )
}

async function signedOutgoing(
  { sign }: Sender,
  request: OutgoingRequest,
  oauth: UnsignedRequest['oauth'],
): Promise<OutgoingRequest> {
  const { method, url, headers, content, untouched } = request
  const signed = await sign({ method, url, headers, body: content, oauth }, untouched !== undefined)
  return { ...request, url: signed.url, headers: new Headers(signed.headers), content: signed.body }
}

type Outcome =
  | { readonly response: Response; readonly error?: undefined }
  | { readonly response?: undefined; readonly error: unknown }

/** This client follows redirects itself: `fetch` would send a signature made for another address. */
async function send(request: OutgoingRequest, fetch: NonNullable<ClientOptions['fetch']>): Promise<Outcome> {
  const redirect = request.redirect === 'follow' ? 'manual' : request.redirect
  try {
    return { response: await fetch(request.url, requestInit(request, redirect)) }
  } catch (error) {
    return { error }
  }
}

/** The runtime's fetch saw no redirect. */
function asRedirected(response: Response): Response {
  return Object.defineProperty(response, 'redirected', { value: true })
}
