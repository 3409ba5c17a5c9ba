import type { Logger } from 'pino'
import { nowSeconds } from '../random.ts'
import { currentRequest } from '../requests/request-context.ts'
import type { OAuth2Settings } from '../settings/oauth2-settings.ts'
import type { ProviderSettings } from '../settings/settings.ts'
import type { AccessToken, AccessTokens } from './access-token.ts'

/** Valid access tokens, as a process reads them; undefined for all others, of which the log says why. */
export interface AccessTokenReader {
  /** @throws What kept it from being known whether the token is valid. */
  read(token: string): Promise<AccessToken | undefined>
  /** Reads ahead what the first token would wait for; a server that is down is told of in the log alone. */
  prepare(): void
  close(): Promise<void>
}

/** Undefined where no OAuth 2 server is set. */
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

/** Each is loaded where it is set: most providers run without it. */
async function openTokens(settings: OAuth2Settings, now: () => number): Promise<AccessTokens> {
  if (settings.introspection === undefined) {
    const { jwtTokens } = await import('./jwt-tokens.ts')
    return jwtTokens(settings, now)
  }
  const { introspectedTokens } = await import('./introspected-tokens.ts')
  return introspectedTokens(settings, now)
}

/** Says in the log why a Bearer token is refused: its client is told nothing but that it is. */
export function noteRefusal(log: Logger, reason: string, oauth2ClientId?: string): void {
  log.info({ requestId: currentRequest()?.requestId, reason, oauth2ClientId }, 'Bearer token refused')
}
