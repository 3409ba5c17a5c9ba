import type { Authentication, Client, TokenCredential } from 'countersign'
import { SignJWT } from 'jose'
import type { GatewaySettings } from '../settings/gateway-settings.ts'
import type { AssertionKeys } from './assertion-keys.ts'

/**
 * How long an assertion is valid: long enough for a request to reach the upstream, too short to be of use to a thief.
 */
const assertionSeconds = 60

/** The identity behind an accepted request. */
export type Accepted = Pick<Authentication<Client, TokenCredential>, 'client' | 'credential' | 'scheme'>

/** Returns the headers that tell the upstream who a request comes from. */
export type Identify = (accepted: Accepted, requestId: string) => Promise<string[]>

/** What the identity headers need. */
export interface IdentityOptions {
  readonly settings: GatewaySettings
  readonly keys: AssertionKeys
  /** The issuer: the public address of the gateway. */
  readonly issuer: string
  readonly audience: string
  /** Seconds since 1970. */
  readonly now: () => number
}

/** The headers that only the gateway may set. */
export function identityHeaders(settings: GatewaySettings): string[] {
  const { userHeader, clientHeader, scopeHeader, assertionHeader } = settings
  return [userHeader, clientHeader, scopeHeader, assertionHeader]
}

export function identityWith({ settings, keys, issuer, audience, now }: IdentityOptions): Identify {
  const { userHeader, clientHeader, scopeHeader, assertionHeader } = settings
  return async ({ client, credential, scheme }, requestId) => {
    const { clientId } = client
    const userId = credential?.userId ?? undefined
    const scope = credential?.scope ?? undefined
    const issuedAt = Math.floor(now())
    const { algorithm, keyId, privateKey } = await keys.current()
    const assertion = new SignJWT({ client_id: clientId, ...(scope && { scope }), ...(scheme && { scheme }) })
      .setProtectedHeader({ alg: algorithm, kid: keyId, typ: 'JWT' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + assertionSeconds)
      .setJti(requestId)
    if (userId !== undefined) assertion.setSubject(String(userId))
    return [
      ...(userId === undefined ? [] : [userHeader, headerText(String(userId))]),
      ...[clientHeader, headerText(clientId)],
      ...(scope ? [scopeHeader, headerText(scope)] : []),
      ...[assertionHeader, await assertion.sign(privateKey)],
    ]
  }
}

/** Percent-encodes everything but printable ASCII, and the percent sign, so that decoding restores the text. */
function headerText(text: string): string {
  return text
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/[^\x20-\x24\x26-\x7e]+/gu, encodeURIComponent)
    .replace(/^ | $/g, '%20')
}
