import { destination, type Logger, pino } from 'pino'
import { currentRequest } from '../requests/request-context.ts'

/** Fields that are never logged, at any depth of a logged object. */
const secrets = [
  'authorization',
  'cookie',
  'password',
  'clientSecret',
  'oauthTokenSecret',
  'oauthVerifier',
  'oauth_signature',
  'oauth_token_secret',
]

/**
 * JSON lines on stderr; stdout is for requested output. Every line written while a request is served names the request,
 * and the user and the client once they are proven.
 */
export function createLog(level: string): Logger {
  const paths = secrets.flatMap((name) => [name, `*.${name}`, `*.headers.${name}`])
  const redact = { paths, censor: '[redacted]' }
  return pino({ level, redact, mixin, serializers: { err: loggedError } }, destination({ fd: 2, sync: true }))
}

function mixin(): object {
  const request = currentRequest()
  if (request === undefined) return {}
  const { requestId, callerRequestId, userId, clientId } = request
  return { requestId, callerRequestId, userId, clientId }
}

/** An error, as logged. */
interface LoggedError {
  readonly type: string
  readonly message: string
  readonly code?: unknown
  readonly stack?: string | undefined
  readonly cause?: LoggedError
}

const deepest = 5

/**
 * No other fields of an error: drivers put the statement with its values there, which may be secrets. MySQL even quotes
 * the value of a key in the message.
 */
export function loggedError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: 'not an error' }
  const { name, code, cause } = error as NodeJS.ErrnoException & { readonly cause?: unknown }
  const stack = error.stack?.replace(error.message, () => withoutValues(error.message))
  return {
    type: name,
    message: withoutValues(error.message),
    ...(code !== undefined && { code }),
    stack,
    ...(cause !== undefined && depth < deepest && { cause: loggedError(cause, depth + 1) }),
  }
}

function withoutValues(message: string): string {
  return message.replace(/(Duplicate entry )'.*?'(?= for key )/gs, "$1'…'")
}
