import { ConfigurationError, OAuth1Error } from '../errors.ts'
import { splitUrl } from '../protocol/base-string.ts'
import { isForm } from '../protocol/form-type.ts'
import type { HttpRequest } from '../protocol/http.ts'
import { tooLarge } from '../protocol/limits.ts'
import { isCurlCommand, parseCurlCommand } from './curl-command.ts'
import { parseHttpMessage } from './http-message.ts'
import { isJsonRequest, parseJsonRequest } from './json-request.ts'
import { invalidText, type RequestDraft } from './request-draft.ts'

/** How a text is read. */
export interface RequestTextOptions {
  /**
   * Scheme and host (and a path prefix, if there is one) for a request whose text names only the path, such as
   * `https://api.example.com`. Default: the Host header, with https unless the host is this machine.
   */
  readonly origin?: string | undefined
  /** The most characters to read. Default 524 288. */
  readonly maxLength?: number
}

/** A request that was read from text. */
export interface RequestText {
  readonly request: HttpRequest
  /** A body that is not a form, as text, for the option `content` of `diagnoseSignature`. */
  readonly content?: string | undefined
  /** Assumptions made and parts ignored, in sentences, for the person who pasted the text. */
  readonly notes: readonly string[]
}

/**
 * Reads a request from text, as people paste it: raw HTTP, a curl command (also what a browser's "copy as cURL" gives),
 * a HAR entry, a call of `fetch`, or JSON such as `{ "method": "GET", "url": "https://…", "headers": { … } }`. It runs
 * nothing, and reads no file that the text names.
 *
 * @throws OAuth1Error `invalid_request` for any other text, `request_too_large` for too much of it;
 * ConfigurationError for an invalid origin.
 * @example
 * ```ts
 * const { request, content } = parseRequestText("curl -d 'size=large' https://api.example.com/photos")
 * request.body // 'size=large'
 * diagnoseSignature(request, secrets, { content })
 * ```
 */
export function parseRequestText(text: string, options: RequestTextOptions = {}): RequestText {
  const { maxLength = 524_288 } = options
  if (text.length > maxLength) throw tooLarge('text', `${maxLength} characters`)
  const origin = options.origin === undefined ? undefined : checkedOrigin(options.origin)
  // Some editors put a byte order mark before the text.
  const plain = text.replace(/^\ufeff/, '')
  if (plain.trim() === '') {
    throw invalidText('The text is empty. Paste raw HTTP, a curl command, a HAR entry or JSON.')
  }
  const draft = isCurlCommand(plain)
    ? parseCurlCommand(plain)
    : isJsonRequest(plain)
      ? parseJsonRequest(plain)
      : parseHttpMessage(plain)
  return requestOf(draft, origin)
}

function checkedOrigin(origin: string): string {
  try {
    const { query } = splitUrl(origin)
    if (query === '' && !/[?#]/.test(origin)) return origin.replace(/\/+$/, '')
  } catch (error) {
    if (!(error instanceof OAuth1Error)) throw error
  }
  throw new ConfigurationError('origin must be a scheme and a host, such as https://api.example.com.')
}

function requestOf({ method, target, headers, body, notes }: RequestDraft, origin: string | undefined) {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(method)) {
    throw invalidText('The method of the request must be one word, such as GET or POST.')
  }
  const lists = headerLists(headers)
  const { url, note } = absoluteUrl(target, lists.get('host')?.[0], origin)
  splitUrl(url)
  const sendsForm = isForm(lists.get('content-type')?.join(','))
  const request: HttpRequest = {
    method,
    url,
    headers: Object.fromEntries(
      Array.from(lists, ([name, values]) => [name, values.length === 1 ? (values[0] as string) : values]),
    ),
    ...(sendsForm && body !== undefined ? { body: withoutLineBreak(body) } : {}),
  }
  return {
    request,
    ...(sendsForm || body === undefined || body === '' ? {} : { content: body }),
    notes: note === undefined ? notes : [...notes, note],
  }
}

/** A form contains no line break; one at the end was added by an editor. */
function withoutLineBreak(form: string): string {
  let end = form.length
  while (form[end - 1] === '\n' || form[end - 1] === '\r') end--
  return form.slice(0, end)
}

function headerLists(headers: RequestDraft['headers']): Map<string, string[]> {
  const lists = new Map<string, string[]>()
  for (const [name, value] of headers) {
    const key = name.toLowerCase()
    const values = lists.get(key)
    if (values === undefined) lists.set(key, [value])
    else values.push(value)
  }
  return lists
}

function absoluteUrl(
  target: string,
  host: string | undefined,
  origin: string | undefined,
): { readonly url: string; readonly note?: string } {
  if (/^https?:\/\//i.test(target)) return { url: target }
  if (!target.startsWith('/')) {
    throw invalidText('The address of the request must begin with "/", "https://" or "http://".')
  }
  if (origin !== undefined) return { url: origin + target }
  if (host === undefined || host === '') {
    throw invalidText('The request names no host: add its Host header, or give the origin of the server.')
  }
  const scheme = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d*)?$/i.test(host) ? 'http' : 'https'
  return {
    url: `${scheme}://${host}${target}`,
    note: `The text does not name the scheme; ${scheme} was assumed. Give the origin of the server if it is another.`,
  }
}
