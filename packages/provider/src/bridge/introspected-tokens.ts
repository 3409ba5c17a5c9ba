import { BoundedWork } from '../limits/bounded-work.ts'
import { loaded } from '../openid/library.ts'
import { sha256 } from '../random.ts'
import type { OAuth2Settings } from '../settings/oauth2-settings.ts'
import { type AccessToken, type AccessTokens, accessTokenOf, type RefusedToken } from './access-token.ts'
import { OAuth2Server } from './oauth2-server.ts'

/** How long a token is accepted without asking again, and so how long it may outlive its revocation. */
const rememberedSeconds = 5
const mostRemembered = 1_000
/** Strangers can trigger requests with invented tokens: at most this many. */
const bounds = { atOnce: 32, waiting: 512, perKey: Number.POSITIVE_INFINITY }
/** Tolerance between the clocks of the two servers. */
const toleranceSeconds = 5

type Read = AccessToken | RefusedToken

/** Access tokens of any form, about which their server is asked (RFC 7662). */
export function introspectedTokens(settings: OAuth2Settings, now: () => number): AccessTokens {
  const server = new OAuth2Server(settings)
  const work = new BoundedWork(bounds)
  const remembered = new Map<string, { readonly read: AccessToken; readonly until: number }>()
  const asked = new Map<string, Promise<Read>>()

  const ask = async (token: string): Promise<Read> => {
    const config = await server.configuration()
    const { tokenIntrospection } = await loaded()
    const { issuer } = config.serverMetadata()
    const claims = await tokenIntrospection(config, token, { token_type_hint: 'access_token' })
    const refused = refusalOf(claims, { ...settings, issuer }, now())
    return refused === undefined ? accessTokenOf(claims, settings) : { refused }
  }

  const noted = async (key: string, token: string): Promise<Read> => {
    const read = await work.run(undefined, () => ask(token))
    if ('refused' in read) return read
    const oldest = remembered.keys().next()
    if (remembered.size >= mostRemembered && !oldest.done) remembered.delete(oldest.value)
    remembered.set(key, { read, until: performance.now() + rememberedSeconds * 1000 })
    return read
  }

  return {
    async read(token) {
      const key = sha256(token)
      const known = remembered.get(key)
      if (known !== undefined && performance.now() < known.until) return known.read
      remembered.delete(key)
      const asking = asked.get(key) ?? noted(key, token).finally(() => asked.delete(key))
      asked.set(key, asking)
      return asking
    },
    prepare: async () => void (await server.configuration()),
    close: () => server.close(),
  }
}

/** Why an introspected token is not accepted here; undefined if it is. */
function refusalOf(
  claims: Readonly<Record<string, unknown>>,
  { issuer, audience }: Pick<OAuth2Settings, 'issuer' | 'audience'>,
  now: number,
): string | undefined {
  const { active, token_type, token_use, iss, aud, nbf } = claims
  if (active !== true) return 'inactive'
  // Servers introspect refresh tokens too, and state the kind of a token in one of two ways.
  const isBearer =
    token_type === undefined
      ? token_use !== undefined
      : typeof token_type === 'string' && token_type.toLowerCase() === 'bearer'
  if (!isBearer || (token_use ?? 'access_token') !== 'access_token') return 'not said to be a Bearer token'
  if (iss !== undefined && iss !== issuer) return 'of another issuer'
  if (audience !== undefined && ![aud].flat().includes(audience)) return 'for another audience'
  if (nbf !== undefined && !(typeof nbf === 'number' && nbf <= now + toleranceSeconds)) return 'not valid yet'
  return undefined
}
