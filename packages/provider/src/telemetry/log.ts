import { destination, type Logger, pino } from 'pino'

/** What is never written, wherever it stands in a logged object. */
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

/** JSON lines on stderr; stdout is for what a person or a script asked for. */
export function createLog(level: string): Logger {
  const paths = secrets.flatMap((name) => [name, `*.${name}`, `*.headers.${name}`])
  return pino({ level, redact: { paths, censor: '[redacted]' } }, destination({ fd: 2, sync: true }))
}
