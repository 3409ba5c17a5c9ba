import type { HttpRequest } from 'countersign'
import passportHttpOauth from 'passport-http-oauth'

interface Credentials {
  readonly clientId: string
  readonly clientSecret: string
}

interface Token {
  readonly oauthToken: string
  readonly oauthTokenSecret: string
}

/**
 * passport-http-oauth's token strategy over memory, with a nonce check of the same kind as ours. Rejects refused
 * requests.
 */
export function passportCheck(client: Credentials, token: Token): (request: HttpRequest) => Promise<void> {
  const seen = new Set<string>()
  const strategy = new passportHttpOauth.TokenStrategy(
    (key: string, done: Done) =>
      key === client.clientId ? done(null, client, client.clientSecret) : done(null, false),
    (key: string, done: Done) =>
      key === token.oauthToken ? done(null, { id: 1 }, token.oauthTokenSecret) : done(null, false),
    (timestamp: string, nonce: string, done: Done) => {
      const isNew = !seen.has(nonce) && Math.abs(Number(timestamp) - Date.now() / 1000) < 300
      seen.add(nonce)
      done(null, isNew)
    },
  )
  return ({ method, url, headers }) =>
    new Promise((resolve, reject) => {
      const { pathname, search, host, searchParams } = new URL(url)
      const attempt = Object.create(strategy)
      attempt.success = () => resolve()
      attempt.fail = (challenge: unknown) => reject(new Error(`passport-http-oauth refused: ${challenge}`))
      attempt.error = reject
      attempt.authenticate({
        method,
        url: pathname + search,
        headers: { ...headers, host },
        query: Object.fromEntries(searchParams),
        connection: {},
      })
    })
}

type Done = (error: unknown, found?: unknown, secret?: unknown) => void
