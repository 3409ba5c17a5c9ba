import { percentEncode } from 'countersign/protocol'
import type { Exchange, WireRequest, WireResponse } from './message.ts'

const maxShown = 2_000

/** The request as HTTP, for a report. */
function requestText({ method, url, headers, body }: WireRequest): string {
  const [, authority = '', target = ''] = /^https?:\/\/([^/?#]*)(.*)$/is.exec(url) ?? []
  const lines = [`${method} ${target || '/'} HTTP/1.1`]
  if (!headers.some(([name]) => name.toLowerCase() === 'host')) lines.push(`Host: ${authority}`)
  for (const header of headers) lines.push(headerText(header))
  const text = typeof body === 'string' ? body : body && Buffer.from(body).toString('latin1')
  return shortened(printable([...lines, '', ...(text ? [text] : [])].join('\n').trimEnd()))
}

/** The head of the response, and the start of its body. */
function responseText({ status, reason, headers, body }: WireResponse): string {
  const lines = [`HTTP/1.1 ${status} ${reason}`.trimEnd(), ...headers.map(headerText)]
  return shortened(printable([...lines, '', body.slice(0, 400)].join('\n').trimEnd()))
}

/** The session of the test user is a secret, too; the attributes of a cookie are not. */
function headerText([name, value]: readonly [string, string]): string {
  const values = /^cookie$/i.test(name) ? /=[^;]*/g : /^set-cookie$/i.test(name) ? /=[^;]*/ : undefined
  return `${name}: ${values ? value.replace(values, '=***') : value}`
}

/** What a report shows of an exchange. */
export interface Transcript {
  readonly request: string
  /** Absent if no response came. */
  readonly response?: string
}

/** Both sides of an exchange, with every secret masked. */
export function transcriptOf({ request, response }: Exchange, secrets: Iterable<string>): Transcript {
  const mask = masking(secrets)
  return {
    request: mask(requestText(request)),
    ...(response ? { response: mask(responseText(response)) } : {}),
  }
}

/** Returns a function that replaces every secret with asterisks, both plain and in the encodings used in requests. */
export function masking(secrets: Iterable<string>): (text: string) => string {
  const forms = [...secrets].flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    percentEncode(secret),
    percentEncode(percentEncode(secret)),
  ])
  // The longest first: a secret may contain another.
  const known = [...new Set(forms)].filter((form) => form.length > 2).sort((a, b) => b.length - a.length)
  return (text) => known.reduce((masked, form) => masked.replaceAll(form, '***'), text)
}

function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal must not obey what a provider sent
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
  })
}

function shortened(text: string): string {
  return text.length <= maxShown ? text : `${text.slice(0, maxShown)}… (${text.length} characters)`
}
