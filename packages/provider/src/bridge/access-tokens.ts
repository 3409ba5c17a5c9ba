import type { Logger } from 'pino'
import { nowSeconds } from '../random.ts'
import { currentRequest } from '../requests/request-context.ts'
import type { OAuth2Settings } from '../settings/oauth2-settings.ts'
import type { ProviderSettings } from '../settings/settings.ts'
import type { AccessToken, AccessTokens } from './access-token.ts'

/** Reads valid access tokens; undefined for any other, and the log says why. */
export interface AccessTokenReader {
  /** @throws The error that prevented the check of the token. */
  read(token: string): Promise<AccessToken | undefined>
  /** Preloads what the first token would wait for; if the server is down, only the log says so. */
  prepare(): void
  close(): Promise<void>
}

/** Undefined if no OAuth 2 server is set. */
export function accessTokensOf(
  { oauth2, options }: ProviderSettings,
  log: Logger,
): AccessTokenReader | undefined {
  if (oauth2 === undefined) return undefined
  const opening = openTokens(oauth2, options.now ?? nowSeconds)
  let isClosed = false
  return {
    async read(token) {
      const read = await (await opening).read(token)
      if (!('refused' in read)) return read
      noteRefusal(log, read.refused)
      return undefined
    },
    prepare() {
      const { issuer } = oauth2
      const failed = (err: unknown) => {
        if (!isClosed)
          log.warn({ err, issuer }, 'the OAuth 2 server cannot be used; Bearer tokens get 503 until it can')
      }
      void opening.then((tokens) => tokens.prepare()).catch(failed)
    },
    async close() {
      isClosed = true
      await (await opening).close()
    },
  }
}

/** Loaded only if it is set: most providers run without it. */
async function openTokens(settings: OAuth2Settings, now: () => number): Promise<AccessTokens> {
  if (settings.introspection === undefined) {
    const { jwtTokens } = await import('./jwt-tokens.ts')
    return jwtTokens(settings, now)
  }
  const { introspectedTokens } = await import('./introspected-tokens.ts')
  return introspectedTokens(settings, now)
}

/** Logs why a Bearer token is refused: its client learns only that it is. */
export function noteRefusal(log: Logger, reason: string, oauth2ClientId?: string): void {
  log.info({ requestId: currentRequest()?.requestId, reason, oauth2ClientId }, 'Bearer token refused')
}
