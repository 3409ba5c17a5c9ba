import { UsageError } from '../command.ts'
import { Refusal } from '../refusal.ts'
import { textOf } from './response-text.ts'

/**
 * An address to which secrets are sent.
 *
 * @throws UsageError unless it is https, or on this machine.
 */
export function secureUrl(text: string, option: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new UsageError(`--${option} must be an address, such as https://auth.example.com/oauth2/token.`)
  if (url.username !== '' || url.password !== '' || url.hash !== '')
    throw new UsageError(`--${option} must be an address without a user, a password and a fragment.`)
  if (url.protocol === 'https:' || isLoopback(url.hostname)) return url
  throw new UsageError(
    `--${option} must begin with https: secrets are sent there. Only this machine may use http.`,
  )
}

function isLoopback(hostname: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname)
}

/**
 * The token endpoint in the metadata of an authorization server: RFC 8414, or else OpenID Connect Discovery.
 *
 * @throws Refusal when there are none, or they are another server's.
 */
export async function discoveredEndpoint(issuer: URL, timeoutSeconds: number): Promise<URL> {
  const problems: string[] = []
  for (const address of metadataAddresses(issuer)) {
    const found = await metadata(address, timeoutSeconds)
    if (typeof found === 'string') problems.push(`${address}: ${found}`)
    else return tokenEndpointOf(found, issuer, address)
  }
  throw new Refusal(
    'no_metadata',
    `The issuer has no metadata. ${problems.join('; ')}. Name --endpoint instead.`,
  )
}

/** RFC 8414 §3.1 puts its name before the path of the issuer, OpenID Connect after it. */
function metadataAddresses({ origin, pathname }: URL): readonly string[] {
  const path = pathname.replace(/\/$/, '')
  return [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}${path}/.well-known/openid-configuration`,
  ]
}

type Metadata = Readonly<Record<string, unknown>>

/** The metadata, or why there are none. */
async function metadata(address: string, timeoutSeconds: number): Promise<Metadata | string> {
  try {
    const signal = AbortSignal.timeout(timeoutSeconds * 1000)
    const response = await fetch(address, {
      headers: { accept: 'application/json' },
      redirect: 'manual',
      signal,
    })
    if (!response.ok) return `status ${response.status}`
    const found: unknown = JSON.parse(await textOf(response))
    return typeof found === 'object' && found !== null ? (found as Metadata) : 'not an object of JSON'
  } catch (error) {
    const { message, cause } = error as Error
    return (cause as Error | undefined)?.message || message
  }
}

function tokenEndpointOf(
  { issuer: named, token_endpoint: endpoint }: Metadata,
  issuer: URL,
  at: string,
): URL {
  // RFC 8414 §3.3: otherwise one server could send the secrets of another to itself.
  if (typeof named !== 'string' || !URL.canParse(named) || new URL(named).href !== issuer.href)
    throw new Refusal('wrong_metadata', `The metadata at ${at} belong to another issuer.`)
  if (typeof endpoint !== 'string')
    throw new Refusal('wrong_metadata', `The metadata at ${at} name no token endpoint.`)
  try {
    return secureUrl(endpoint, 'endpoint')
  } catch {
    throw new Refusal('wrong_metadata', `The metadata at ${at} name a token endpoint that is not https.`)
  }
}
