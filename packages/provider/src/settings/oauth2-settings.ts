import { ConfigurationError } from 'countersign'
import { z } from 'zod'
import { hasNoUser, isProtected, userFault } from './checks.ts'
import { readScopes, scopeList, scopeName } from './scopes.ts'
import type { ProviderSettings } from './settings.ts'

const url = z
  .url({ error: 'must be an address, such as https://auth.example.com', abort: true })
  .refine(hasNoUser, userFault)
  .refine(isProtected, 'must begin with https://: over plain http, anyone on the network could forge tokens')

/** The OAuth 2 server whose Bearer tokens are accepted beside signatures. */
export const oauth2Checks = z.strictObject({
  issuer: url,
  /** The `aud` of tokens for this API. */
  audience: z.string().min(1).max(1000).optional(),
  /** Where its keys are; undefined to use its metadata. */
  jwksUrl: url.optional(),
  /** This API's client at that server; undefined if tokens are JWTs. */
  introspection: z.strictObject({ clientId: z.string().min(1), clientSecret: z.string().min(1) }).optional(),
  /** The scopes here that each scope there stands for; undefined if they have the same names. */
  scopes: z
    .record(
      z.string().regex(scopeName, 'must be names without spaces, such as photos.read'),
      z
        .array(z.string().regex(scopeName, 'must stand for names without spaces, such as photos:read'))
        .min(1, 'has no scopes: write which scopes here it stands for'),
    )
    .optional(),
})

export type OAuth2Settings = z.output<typeof oauth2Checks>

const { shape } = oauth2Checks
const { clientId, clientSecret } = shape.introspection.unwrap().shape

/** Entries as in SCOPES: `photos.read photos:read; photos.write photos:read photos:write`. */
const scopeMap = z
  .string()
  .transform((text) =>
    Object.fromEntries(Object.entries(readScopes(text)).map(([scope, own]) => [scope, scopeList(own)])),
  )

/** How to parse the environment variables. */
export const oauth2Variables = {
  OAUTH2_ISSUER: shape.issuer.optional(),
  OAUTH2_AUDIENCE: shape.audience,
  OAUTH2_JWKS_URL: shape.jwksUrl,
  OAUTH2_INTROSPECTION_CLIENT_ID: clientId.optional(),
  OAUTH2_INTROSPECTION_CLIENT_SECRET: clientSecret.optional(),
  OAUTH2_SCOPES: scopeMap.pipe(shape.scopes.unwrap()).optional(),
}

type Variables = { readonly [N in keyof typeof oauth2Variables]?: z.output<(typeof oauth2Variables)[N]> }

/** The settings from the environment's values. @throws ConfigurationError when one is missing. */
export function oauth2Of(data: Variables): OAuth2Settings | undefined {
  const given = Object.keys(oauth2Variables).filter((name) => data[name as keyof Variables] !== undefined)
  if (given.length === 0) return undefined
  const { OAUTH2_ISSUER: issuer } = data
  if (issuer === undefined)
    throw new ConfigurationError(
      `OAUTH2_ISSUER: must be set too, to the address of the OAuth 2 server that ${given[0]} belongs to.`,
    )
  const id = data.OAUTH2_INTROSPECTION_CLIENT_ID
  const secret = data.OAUTH2_INTROSPECTION_CLIENT_SECRET
  if ((id === undefined) !== (secret === undefined)) {
    const missing = id === undefined ? 'ID' : 'SECRET'
    throw new ConfigurationError(
      `OAUTH2_INTROSPECTION_CLIENT_${missing}: must be set too; introspection needs a client and its secret.`,
    )
  }
  return {
    issuer,
    audience: data.OAUTH2_AUDIENCE,
    jwksUrl: data.OAUTH2_JWKS_URL,
    introspection:
      id === undefined || secret === undefined ? undefined : { clientId: id, clientSecret: secret },
    scopes: data.OAUTH2_SCOPES,
  }
}

/** @throws ConfigurationError when it is not clear how to verify tokens. */
export function checkOAuth2({ audience, jwksUrl, introspection }: OAuth2Settings): void {
  if (introspection === undefined && audience === undefined)
    throw new ConfigurationError(
      'OAUTH2_AUDIENCE: must be set too, to the aud of tokens for this API; or, if tokens are not JWTs, set OAUTH2_INTROSPECTION_CLIENT_ID and OAUTH2_INTROSPECTION_CLIENT_SECRET.',
    )
  if (introspection !== undefined && jwksUrl !== undefined)
    throw new ConfigurationError(
      'OAUTH2_JWKS_URL: is for JWTs, while OAUTH2_INTROSPECTION_CLIENT_ID asks the server about each token; keep one of the two.',
    )
}

/** The effective value of each name. */
export const oauth2Values: Readonly<Record<string, (settings: ProviderSettings) => unknown>> = {
  OAUTH2_ISSUER: ({ oauth2 }) => oauth2?.issuer,
  OAUTH2_AUDIENCE: ({ oauth2 }) => oauth2?.audience,
  OAUTH2_JWKS_URL: ({ oauth2 }) => oauth2?.jwksUrl,
  OAUTH2_INTROSPECTION_CLIENT_ID: ({ oauth2 }) => oauth2?.introspection?.clientId,
  OAUTH2_INTROSPECTION_CLIENT_SECRET: ({ oauth2 }) => oauth2?.introspection?.clientSecret,
  OAUTH2_SCOPES: ({ oauth2 }) =>
    oauth2?.scopes && Object.entries(oauth2.scopes).map(([scope, own]) => [scope, ...own].join(' ')),
}
