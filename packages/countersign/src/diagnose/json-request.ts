import { percentEncode } from '../protocol/encoding.ts'
import { invalidText, type RequestDraft } from './request-draft.ts'

type Json = Readonly<Record<string, unknown>>

const fetchCall = /^\s*(?:await\s+)?fetch\s*\(/

/** Whether the text is meant as JSON, or as a call of `fetch` copied from a browser. */
export function isJsonRequest(text: string): boolean {
  return /^\s*[{[]/.test(text) || fetchCall.test(text)
}

/**
 * Reads a request in JSON: an entry of a HAR, as browsers save and copy them, or `{ method, url, headers, body }`. A
 * whole HAR, or a list, must contain exactly one.
 */
export function parseJsonRequest(text: string): RequestDraft {
  const request = requestIn(fetchCall.test(text) ? argumentsOfFetch(text) : parsed(text))
  const { method, url, headers } = request
  if (typeof url !== 'string') {
    throw invalidText(
      'The JSON holds no request: expected { "method": …, "url": …, "headers": …, "body": … }.',
    )
  }
  if (method !== undefined && typeof method !== 'string') {
    throw invalidText('The method of the request must be text, such as "GET".')
  }
  const given = headersOf(headers)
  const { body, type } = bodyOf(request)
  const hasType = given.some(([name]) => name.toLowerCase() === 'content-type')
  return {
    method: method ?? 'GET',
    target: url,
    headers: type === undefined || hasType ? given : [...given, ['content-type', type]],
    body,
    notes: [],
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw invalidText('The text begins like JSON and is not valid JSON.')
  }
}

/** Browsers write both arguments as JSON. */
function argumentsOfFetch(text: string): unknown {
  const list = text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'))
  try {
    const [url, options] = JSON.parse(`[${list}]`)
    return { ...options, url }
  } catch {
    throw invalidText('The call of fetch cannot be read: expected a URL and an object, both as JSON.')
  }
}

function requestIn(value: unknown): Json {
  const outer = objectOf(Array.isArray(value) ? onlyOne(value) : value)
  const { entries } = isObject(outer['log']) ? outer['log'] : outer
  const entry = objectOf(Array.isArray(entries) ? onlyOne(entries) : outer)
  return isObject(entry['request']) ? entry['request'] : entry
}

function onlyOne(list: readonly unknown[]): unknown {
  if (list.length !== 1) throw invalidText(`The text holds ${list.length} requests; paste one.`)
  return list[0]
}

function objectOf(value: unknown): Json {
  if (isObject(value)) return value
  throw invalidText('The JSON must be an object: a HAR entry, or a request.')
}

/** An object of texts or lists, a list of pairs, or HAR's list of `{ name, value }`. */
function headersOf(headers: unknown): [name: string, value: string][] {
  if (headers === undefined || headers === null) return []
  const pairs = Array.isArray(headers)
    ? headers.map((header) => (isObject(header) ? [header['name'], header['value']] : header))
    : isObject(headers)
      ? Object.entries(headers).flatMap(([name, value]) =>
          Array.isArray(value) ? value.map((one) => [name, one]) : [[name, value]],
        )
      : [undefined]
  // A HAR of a browser holds the pseudo headers of HTTP/2, too.
  return pairs.map(headerOf).filter(([name]) => !name.startsWith(':'))
}

function headerOf(pair: unknown): [name: string, value: string] {
  const [name, value] = Array.isArray(pair) ? pair : []
  if (typeof name === 'string' && (typeof value === 'string' || typeof value === 'number')) {
    return [name, String(value)]
  }
  throw invalidText('The headers must be an object of texts, or a list of { "name": …, "value": … }.')
}

function bodyOf(request: Json): { readonly body: string | undefined; readonly type: string | undefined } {
  const { body, postData } = request
  if (isObject(postData)) {
    const { text, mimeType, params } = postData
    const type = typeof mimeType === 'string' && mimeType !== '' ? mimeType : undefined
    if (typeof text === 'string') return { body: text, type }
    return { body: Array.isArray(params) ? formOf(params) : undefined, type }
  }
  if (body === undefined || body === null) return { body: undefined, type: undefined }
  if (typeof body === 'string') return { body, type: undefined }
  throw invalidText('The body must be the text that was sent: a string, with its quotes escaped.')
}

function formOf(params: readonly unknown[]): string {
  return params.map((param) => fieldOf(isObject(param) ? param : {})).join('&')
}

function fieldOf({ name, value }: Json): string {
  const pair = [name, value ?? '']
  if (pair.every((part) => typeof part === 'string' || typeof part === 'number'))
    return pair.map((part) => percentEncode(String(part))).join('=')
  throw invalidText('The params must be a list of { "name": …, "value": … }, both texts.')
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
