import { invalidText, type RequestDraft } from './request-draft.ts'

type Header = readonly [name: string, value: string]

/**
 * Reads raw HTTP: a request line, headers, an empty line, a body. Line breaks may be CRLF or LF, the whole may be indented,
 * and headers may be folded, as in the examples of the RFC. The pseudo headers of HTTP/2 can stand for the request line.
 */
export function parseHttpMessage(text: string): RequestDraft {
  const { head, body } = splitMessage(withoutIndentation(requestOfTrace(text)))
  const lines = unfolded(head.split(/\r?\n/))
  const first = lines[0] ?? ''
  const hasRequestLine = !first.startsWith(':')
  const headers = lines.slice(hasRequestLine ? 1 : 0).map((line, at) => headerOf(line, at + 1))
  const pseudo = new Map(headers.filter(([name]) => name.startsWith(':')))
  const { method, target } = hasRequestLine ? requestLine(first) : pseudoRequestLine(pseudo)
  const plain = headers.filter(([name]) => !name.startsWith(':'))
  const hasBody = body !== ''
  return {
    method,
    target,
    headers: plain,
    body: hasBody ? bodyOf(body, plain) : undefined,
    notes: [],
  }
}

/** The lines that `curl -v` marks as sent, where the text is its output. */
function requestOfTrace(text: string): string {
  if (!/^> \S+ \S+ HTTP\/\d/m.test(text)) return text
  const lines = text.split('\n').filter((line) => /^>(?: |\r?$)/.test(line))
  return lines.map((line) => line.slice(2)).join('\n')
}

/** Removes the white space before the first line from every line that begins with it. */
function withoutIndentation(text: string): string {
  const start = text.search(/\S/)
  const indentation = text.slice(text.lastIndexOf('\n', start) + 1, start)
  const fromFirstLine = text.slice(start)
  return indentation === '' ? fromFirstLine : fromFirstLine.replaceAll(`\n${indentation}`, '\n')
}

function splitMessage(text: string): { readonly head: string; readonly body: string } {
  const end = /\r?\n[ \t]*\r?\n/.exec(text)
  if (end === null) return { head: text.trimEnd(), body: '' }
  return { head: text.slice(0, end.index), body: text.slice(end.index + end[0].length) }
}

/** A line that begins with white space continues the one before (RFC 7230 §3.2.4). */
function unfolded(lines: readonly string[]): string[] {
  const whole: string[] = []
  for (const line of lines) {
    if (/^[ \t]/.test(line) && whole.length > 1) whole[whole.length - 1] += ` ${line.trim()}`
    else whole.push(line.trimEnd())
  }
  return whole
}

function requestLine(line: string): { readonly method: string; readonly target: string } {
  if (/^HTTP\/\d/.test(line)) throw invalidText('This is a response. Paste the request that it was sent for.')
  const [, method, target] = /^(\S+)[ \t]+(\S+)(?:[ \t]+HTTP\/\d(?:\.\d)?)?$/i.exec(line) ?? []
  if (method === undefined || target === undefined || !/^(?:\/|https?:\/\/)/i.test(target)) {
    throw invalidText(
      'The text is not a request: expected a line such as "GET /photos HTTP/1.1" at its beginning, a curl command, or JSON.',
    )
  }
  return { method, target }
}

function pseudoRequestLine(pseudo: ReadonlyMap<string, string>) {
  const path = pseudo.get(':path')
  const authority = pseudo.get(':authority')
  if (path === undefined) {
    throw invalidText('The request has no :path; expected :method, :scheme, :authority and :path.')
  }
  return {
    method: pseudo.get(':method') ?? 'GET',
    target: authority === undefined ? path : `${pseudo.get(':scheme') ?? 'https'}://${authority}${path}`,
  }
}

function headerOf(line: string, at: number): Header {
  const [, name, value] = /^(:?[\w!#$%&'*+.^`|~-]+)[ \t]*:(.*)$/.exec(line) ?? []
  if (name === undefined || value === undefined) {
    throw invalidText(
      `Header ${at} cannot be read: expected a line such as "Host: api.example.com", and an empty line before the body.`,
    )
  }
  return [name, value.trim()]
}

function bodyOf(body: string, headers: readonly Header[]): string {
  const header = (wanted: string) => headers.find(([name]) => name.toLowerCase() === wanted)?.[1]
  if (/\bchunked\b/i.test(header('transfer-encoding') ?? '') && /^[\da-f]+[ \t]*(?:;.*)?\r?\n/i.test(body)) {
    throw invalidText('The body is still in chunks. Paste it without the lengths between them.')
  }
  const length = Number(header('content-length') ?? Number.NaN)
  // An editor ends the text with a line break, which is not part of the body.
  const trimmed = body.replace(/\r?\n$/, '')
  return trimmed.length !== body.length && length !== octetsOf(body) ? trimmed : body
}

function octetsOf(text: string): number {
  return new TextEncoder().encode(text).length
}
