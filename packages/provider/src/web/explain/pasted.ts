import { OAuth1Error } from 'countersign'
import { isBaseString, parseBaseString, parseRequestText } from 'countersign/diagnose'
import { type HttpRequest, splitUrl } from 'countersign/protocol'
import { InputError } from '../../input-error.ts'
import { pathPrefixOf, withoutPrefix } from '../../settings/public-origin.ts'

/** What was typed into the form. */
export interface PastedTexts {
  /** A request, or a base string alone. */
  readonly request: string
  readonly baseString: string
}

/** The same, read. */
export interface Pasted {
  readonly request?: PastedRequest | undefined
  readonly baseString?: PastedBaseString | undefined
}

export interface PastedRequest {
  /** With the address as this provider sees it. */
  readonly request: HttpRequest
  readonly content: string | undefined
  readonly otherUrls: readonly string[]
  /** What was assumed or ignored. */
  readonly notes: readonly string[]
}

export interface PastedBaseString {
  readonly text: string
  readonly clientId: string | undefined
  /** What is wrong with its form, in sentences. */
  readonly problems: readonly string[]
}

/** Characters of one text. */
export const maxPastedLength = 8_192

/**
 * @param publicOrigin - Undefined where this provider is called directly, by plain HTTP.
 * @param shownOrigin - The one that the developer's browser uses.
 * @throws InputError that names the field.
 */
export function readPasted(
  { request, baseString }: PastedTexts,
  publicOrigin: string | undefined,
  shownOrigin: string,
): Pasted {
  const [text, base] = isBaseString(request) && baseString === '' ? ['', request] : [request, baseString]
  if (text === '' && base === '')
    throw new InputError('request', 'Paste a request, as raw HTTP or as a curl command, or a base string.')
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
  const url = publicOrigin === undefined ? request.url : asReached(request.url, publicOrigin)
  if (url === request.url) return { request, content, otherUrls: [], notes }
  const note = `The address was read as ${url.split('?', 1)[0]}, because clients reach this provider at ${publicOrigin} alone.`
  return { request: { ...request, url }, content, otherUrls: [request.url], notes: [...notes, note] }
}

/** The public origin stands for every host by which requests reach this process. */
function asReached(url: string, origin: string): string {
  const target = url.replace(/^https?:\/\/[^/?#]*/i, '').replace(/^(?!\/)/, '/')
  return origin + withoutPrefix(target, pathPrefixOf(origin))
}

/** Of raw HTTP, whose request line names the path alone; undefined where there is none that a URL takes. */
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
  if (given.length > maxPastedLength)
    throw new InputError(field, `Paste at most ${maxPastedLength} characters.`)
  const { parameters, problems } = orFault(field, () => parseBaseString(given))
  const clientId = parameters.find(([name]) => name === 'oauth_consumer_key')?.[1]
  return { text: given.replace(/\s+/g, ''), clientId, problems }
}

function orFault<T>(field: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof OAuth1Error) throw new InputError(field, error.description)
    throw error
  }
}
