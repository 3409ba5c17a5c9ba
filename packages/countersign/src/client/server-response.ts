import { parseAuthorizationHeader } from '../protocol/authorization-header.ts'
import { percentDecodeLossless } from '../protocol/encoding.ts'
import type { ServerResponse } from './client-error.ts'

/** A parsed response of a token endpoint. */
export interface TokenResponse {
  readonly ok: boolean
  /** The fields of a form or of JSON, whatever the content type says. */
  readonly fields: Readonly<Record<string, string>>
  /** For the error, if there is one. */
  readonly said: ServerResponse
}

/** The longest response with a credential, in characters. */
const maxLength = 65_536
/** How many characters of it an error shows. */
const maxShown = 4_096

/** Reads a response up to a limit: a server may send anything. */
export async function readTokenResponse(response: Response, url: string): Promise<TokenResponse> {
  const body = await boundedText(response)
  const fields = fieldsOf(body)
  const reported = { ...problemOf(response.headers), ...fields }
  return {
    ok: response.ok,
    fields,
    said: {
      url,
      status: response.status,
      headers: response.headers,
      body: body.slice(0, maxShown).replace(secret, '$1(left out)'),
      error: reported['error'],
      errorDescription: reported['error_description'],
      problem: reported['oauth_problem'],
      advice: reported['oauth_problem_advice'],
    },
  }
}

/** In a form, or in JSON. */
const secret = /(oauth_token_secret(?:"\s*:\s*"|=))[^&"\s]+/g

async function boundedText(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  const reader = response.body?.getReader()
  while (reader !== undefined && text.length < maxLength) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    text += decoder.decode(value, { stream: true })
  }
  await reader?.cancel()
  return text.slice(0, maxLength)
}

function fieldsOf(body: string): Record<string, string> {
  const text = body.trim()
  return text.startsWith('{') ? jsonFields(text) : formFields(text)
}

/** A repeated name has its first value. */
function formFields(text: string): Record<string, string> {
  return Object.fromEntries([...new URLSearchParams(text)].reverse())
}

function jsonFields(text: string): Record<string, string> {
  try {
    const { errors, ...members } = JSON.parse(text)
    const first = Array.isArray(errors) ? errors[0] : undefined
    const error = first === undefined ? {} : { error: first?.code, error_description: first?.message }
    const plain = Object.entries({ ...error, ...members }).filter(([, value]) =>
      ['string', 'number', 'boolean'].includes(typeof value),
    )
    return Object.fromEntries(plain.map(([name, value]) => [name, String(value)]))
  } catch {
    return {}
  }
}

/** Problem Reporting in the challenge: `WWW-Authenticate: OAuth oauth_problem="…"`. */
function problemOf(headers: Headers): Record<string, string> {
  try {
    const challenge = parseAuthorizationHeader(headers.get('www-authenticate') ?? '')
    const pairs = challenge?.parameters.map(({ name, value }) => [name, percentDecodeLossless(value)]) ?? []
    return Object.fromEntries(pairs)
  } catch {
    return {}
  }
}
