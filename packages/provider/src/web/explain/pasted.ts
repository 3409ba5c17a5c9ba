import { OAuth1Error } from 'countersign'
import { isBaseString, parseBaseString, parseRequestText } from 'countersign/diagnose'
import { type HttpRequest, splitUrl } from 'countersign/protocol'
import { inputFault } from '../../input-fault.ts'
import { pathPrefixOf, withoutPrefix } from '../../settings/public-origin.ts'

/** The form's input. */
export interface PastedTexts {
  /** A request, or a base string alone. */
  readonly request: string
  readonly baseString: string
}

/** The same, parsed. */
export interface Pasted {
  readonly request?: PastedRequest | undefined
  readonly baseString?: PastedBaseString | undefined
}

export interface PastedRequest {
  /** With the URL as this provider sees it. */
  readonly request: HttpRequest
  readonly content: string | undefined
  readonly otherUrls: readonly string[]
  /** Assumptions, and ignored parts. */
  readonly notes: readonly string[]
  /** The URL that the request was read with, if its own is not the public one. */
  readonly readAs?: { readonly url: string; readonly origin: string } | undefined
}

export interface PastedBaseString {
  readonly text: string
  readonly clientId: string | undefined
  /** Errors in its form, in sentences. */
  readonly problems: readonly string[]
}

/** The most characters of one text. */
export const maxPastedLength = 8_192

/**
 * @param publicOrigin - Undefined if this provider is called directly, over plain HTTP.
 * @param shownOrigin - The origin in the developer's browser.
 * @throws InputError that names the field.
 */
export function readPasted(
  { request, baseString }: PastedTexts,
  publicOrigin: string | undefined,
  shownOrigin: string,
): Pasted {
  const [text, base] = isBaseString(request) && baseString === '' ? ['', request] : [request, baseString]
  if (text === '' && base === '') throw inputFault('request', 'pastedNothing')
  return {
    request: text === '' ? undefined : readRequest(text, publicOrigin, shownOrigin),
    baseString: base === '' ? undefined : readBaseString(base, base === request ? 'request' : 'base_string'),
  }
}

function readRequest(text: string, publicOrigin: string | undefined, shownOrigin: string): PastedRequest {
  const site = publicOrigin === undefined ? undefined : new URL(publicOrigin).origin
  const origin = site ?? originOfHost(text) ?? shownOrigin
  const read = orFault('request', () => parseRequestText(text, { origin, maxLength: maxPastedLength }))
  const { request, content, notes } = read
  if (publicOrigin === undefined) return { request, content, otherUrls: [], notes }
  const url = asReached(request.url, publicOrigin)
  if (url === request.url) return { request, content, otherUrls: [], notes }
  const readAs = { url: url.split('?', 1)[0] as string, origin: publicOrigin }
  return { request: { ...request, url }, content, otherUrls: [request.url], notes, readAs }
}

/** The public origin replaces any host by which requests reach this process. */
function asReached(url: string, origin: string): string {
  const target = url.replace(/^https?:\/\/[^/?#]*/i, '').replace(/^(?!\/)/, '/')
  return origin + withoutPrefix(target, pathPrefixOf(origin))
}

/** The host of raw HTTP, whose request line has only a path; undefined if there is no valid one. */
function originOfHost(text: string): string | undefined {
  const host = /^host:[ \t]*([^\s/?#@\\]+)[ \t]*$/im.exec(text)?.[1]
  if (host === undefined) return undefined
  try {
    splitUrl(`http://${host}`)
    return `http://${host}`
  } catch (error) {
    if (error instanceof OAuth1Error) return undefined
    throw error
  }
}

function readBaseString(given: string, field: string): PastedBaseString {
  if (given.length > maxPastedLength) throw inputFault(field, 'pastedLong', { max: maxPastedLength })
  const { parameters, problems } = orFault(field, () => parseBaseString(given))
  const clientId = parameters.find(([name]) => name === 'oauth_consumer_key')?.[1]
  return { text: given.replace(/\s+/g, ''), clientId, problems }
}

function orFault<T>(field: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof OAuth1Error) throw inputFault(field, 'pasted', { reason: error.description })
    throw error
  }
}
