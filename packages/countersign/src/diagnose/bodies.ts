import { OAuth1Error } from '../errors.ts'
import { parametersOf, type RequestReading } from './request-reading.ts'
import { addedParameter, type SignedParameter } from './signing.ts'

/** Longer bodies are too rarely signed by mistake to be worth the work. */
const maxContentLength = 16_384
/** How many brackets and braces a JSON text may open, nested or not. */
const maxOpened = 1_000

/** The parameters that clients make of a body that is not a form: one list for each way to do so. */
export function bodyParameters({ content, contentType }: RequestReading): SignedParameter[][] {
  if (content === undefined || content === '' || content.length > maxContentLength) return []
  return [
    ...jsonParameters(content),
    multipartParameters(content, contentType),
    formParameters(content),
    [addedParameter(content, '')],
    [addedParameter('', content)],
    [addedParameter('body', content)],
  ].filter((parameters) => parameters.length > 0)
}

/**
 * The members of a JSON body as parameters, flat or with brackets; values as text, as JSON, or as JavaScript prints
 * them.
 */
function jsonParameters(content: string): SignedParameter[][] {
  const value = parsedJson(content)
  if (typeof value !== 'object' || value === null) return []
  const members = Object.entries(value)
  const flat = (write: (member: unknown) => string) =>
    members.map(([name, member]) => addedParameter(name, write(member)))
  return [
    flat((member) => (typeof member === 'object' ? JSON.stringify(member) : textOf(member))),
    flat(textOf),
    bracketed('', value),
    members.flatMap(([name, member]) =>
      Array.isArray(member)
        ? member.map((item) => addedParameter(name, textOf(item)))
        : [addedParameter(name, textOf(member))],
    ),
    [addedParameter(JSON.stringify(value), '')],
  ]
}

function bracketed(prefix: string, value: object, depth = 0): SignedParameter[] {
  return Object.entries(value).flatMap(([name, member]) => {
    const full = prefix === '' ? name : `${prefix}[${name}]`
    return typeof member === 'object' && member !== null && depth < 5
      ? bracketed(full, member, depth + 1)
      : [addedParameter(full, textOf(member))]
  })
}

/** As JavaScript prints it; as JSON where it cannot, because of a member such as `toString`. */
function textOf(value: unknown): string {
  try {
    return String(value)
  } catch {
    return JSON.stringify(value)
  }
}

/** Undefined for a value nested so deeply that serializing it would overflow the stack. */
function parsedJson(content: string): unknown {
  if (content.split(/[[{]/).length > maxOpened) return undefined
  try {
    return JSON.parse(content)
  } catch {
    return undefined
  }
}

/** The fields of a multipart form, without its files. */
function multipartParameters(content: string, contentType: string): SignedParameter[] {
  const boundary = /^multipart\/form-data;.*\bboundary="?([^";,]{1,70})/i.exec(contentType)?.[1]
  if (boundary === undefined) return []
  return content.split(`--${boundary}`).flatMap((part) => {
    const end = part.indexOf('\r\n\r\n')
    const disposition = end === -1 ? '' : part.slice(0, end)
    const name = /\bname="([^"]*)"/.exec(disposition)?.[1]
    if (name === undefined || disposition.includes('filename=')) return []
    return [addedParameter(name, part.slice(end + 4).replace(/\r\n$/, ''))]
  })
}

function formParameters(content: string): SignedParameter[] {
  if (!content.includes('=')) return []
  try {
    return parametersOf('body', content)
  } catch (error) {
    if (error instanceof OAuth1Error) return []
    throw error
  }
}
