import type * as OpenIdClient from 'openid-client'
import { isLoopback } from '../settings/checks.ts'

export type Library = typeof OpenIdClient

/** Loaded at the first use: most providers run without it. */
export function loaded(): Promise<Library> {
  return import('openid-client')
}

/** The changes to a configuration of this issuer: plain http only for one on this machine. */
export function insecureRequests(
  library: Library,
  { protocol, hostname }: URL,
): ((config: OpenIdClient.Configuration) => void)[] {
  const isPlain = protocol === 'http:' && isLoopback(hostname.replace(/^\[|\]$/g, ''))
  return isPlain ? [library.allowInsecureRequests] : []
}

/**
 * In the header, unless the server accepts only the form (OpenID Connect Core 1.0 §9).
 *
 * @param endpoint - The endpoint to call: the metadata states for each what it accepts (RFC 8414 §2).
 */
export function clientAuthentication(
  library: Library,
  clientSecret: string,
  endpoint: 'token' | 'introspection',
): OpenIdClient.ClientAuth {
  const byHeader = library.ClientSecretBasic(clientSecret)
  const byForm = library.ClientSecretPost(clientSecret)
  return (server, ...rest) => {
    const methods = server[`${endpoint}_endpoint_auth_methods_supported`] ??
      server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
    return (methods.includes('client_secret_basic') ? byHeader : byForm)(server, ...rest)
  }
}
