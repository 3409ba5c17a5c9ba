/** The meaning of a server's response for a token, and for the run. */
export type Outcome =
  | { readonly kind: 'moved'; readonly response: Readonly<Record<string, unknown>> }
  /** The server does not take the token. It is not `sure` where something else may be at fault: see whether others are taken. */
  | { readonly kind: 'refused'; readonly code: string; readonly sure: boolean; readonly told: string }
  | {
      readonly kind: 'later'
      readonly told: string
      /** As the server asks. */
      readonly seconds: number | undefined
      /** The server wants fewer requests, not just this one later. */
      readonly forAll: boolean
    }
  /** Nothing would work. */
  | { readonly kind: 'stop'; readonly code: string; readonly told: string }

/** A response that was read to its end. */
export interface ServerResponse {
  readonly status: number
  readonly retryAfter: number | undefined
  readonly text: string
}

/** The context for interpreting a refusal. */
export interface OutcomeContext {
  readonly signed: boolean
  /** Whether scopes were asked for. */
  readonly narrowed: boolean
}

/** Reads the response of a token endpoint (RFC 6749 §5, RFC 8693 §2.2), or of an endpoint for signed exchanges. */
export function outcomeOf(response: ServerResponse, context: OutcomeContext): Outcome {
  const { status, retryAfter: seconds, text } = response
  const body = objectOf(text)
  if (status === 200) return movedOr(body)
  const told = `${status}${toldBy(body)}`
  if (status === 429) return { kind: 'later', told, seconds, forAll: true }
  if (status === 408 || status >= 500) return { kind: 'later', told, seconds, forAll: false }
  const code = codeOf(body)
  if (status >= 400 && isRefusal(status, code, context))
    return { kind: 'refused', code: code ?? `http_${status}`, sure: sureCodes.has(code ?? ''), told }
  const hint =
    hints[code ?? ''] ?? (status >= 300 && status < 400 ? 'It redirects elsewhere.' : hints[status])
  return {
    kind: 'stop',
    code: code ?? `http_${status}`,
    told: hint === undefined ? told : `${told}. ${hint}`,
  }
}

function movedOr(body: Readonly<Record<string, unknown>>): Outcome {
  const { access_token: token, token_type: type } = body
  if (typeof token === 'string' && token !== '' && typeof type === 'string')
    return { kind: 'moved', response: body }
  return { kind: 'stop', code: 'no_token', told: '200 without a token. Is this the token endpoint?' }
}

const sureCodes = new Set([
  'invalid_grant',
  'invalid_token',
  'invalid_scope',
  'token_rejected',
  'token_revoked',
  'token_expired',
])

/** Whether it is about this token. RFC 8693 §2.2.2 also uses `invalid_request` for a token that is not accepted. */
function isRefusal(status: number, code: string | undefined, { signed, narrowed }: OutcomeContext): boolean {
  if (code === 'invalid_scope') return !narrowed
  if (code === 'invalid_grant' || code === 'invalid_request') return status === 400 || status === 401
  if (!signed) return code === 'invalid_token' && status <= 401
  if (status !== 401) return false
  return (
    code === undefined || sureCodes.has(code) || code === 'invalid_signature' || code === 'signature_invalid'
  )
}

const hints: Readonly<Record<string | number, string>> = {
  invalid_client: 'The client is unknown there, or its secret is wrong.',
  consumer_key_unknown: 'The client is unknown there.',
  unauthorized_client: 'This client may not exchange tokens: ask the provider.',
  unsupported_grant_type: 'There is no token exchange at this endpoint.',
  invalid_scope: 'A token does not stand for all of --scope: ask for less, or leave it out.',
  invalid_nonce: 'Is the clock of this machine right?',
  timestamp_refused: 'Is the clock of this machine right?',
  404: 'Is the address of the endpoint right?',
}

/** JSON or, for signed requests, a form, as OAuth 1.0 servers send it. */
function objectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
  } catch {
    // Perhaps a form.
  }
  return /^oauth_problem=|&oauth_problem=|^error=/.test(text)
    ? Object.fromEntries(new URLSearchParams(text))
    : {}
}

/** Only a code: anything else could contain whatever was sent. */
function codeOf({ error, oauth_problem: problem }: Readonly<Record<string, unknown>>): string | undefined {
  const code = error ?? problem
  return typeof code === 'string' && /^[a-z][a-z0-9_]{1,40}$/.test(code) ? code : undefined
}

function toldBy(body: Readonly<Record<string, unknown>>): string {
  const { error_description: description } = body
  const words =
    typeof description === 'string' ? description.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 200) : ''
  return [codeOf(body), words]
    .filter(Boolean)
    .map((part) => `: ${part}`)
    .join('')
    .replace(/\.$/, '')
}
