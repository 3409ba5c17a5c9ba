/**
 * The callback as a source of the policy's `form-action`: Chromium also checks the redirect after the consent form
 * against that list, so without it the resource owner would never get back to the client.
 *
 * For a host that the policy's grammar does not allow (an IPv6 address) or that would end the directive (`;`, `,`),
 * only the scheme is used.
 */
export function formActionSource(callback: string): string | undefined {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(callback)?.[1]?.toLowerCase()
  if (scheme === undefined) return undefined
  const host = /^https?:\/\/([a-z0-9.-]+(?::[0-9]{1,5})?)(?=[/?]|$)/i.exec(callback)?.[1]
  return host === undefined ? `${scheme}:` : `${scheme}://${host.toLowerCase()}`
}
