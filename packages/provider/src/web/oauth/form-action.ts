/**
 * The callback as a source of the policy's `form-action`: Chromium holds the redirect that follows the consent form
 * against that list too, so without it the resource owner would never get back to the client.
 *
 * A host that the policy's grammar does not know (an IPv6 address) or that would end the directive (`;`, `,`) is
 * written as its scheme alone.
 */
export function formActionSource(callback: string): string | undefined {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(callback)?.[1]?.toLowerCase()
  if (scheme === undefined) return undefined
  const host = /^https?:\/\/([a-z0-9.-]+(?::[0-9]{1,5})?)(?=[/?]|$)/i.exec(callback)?.[1]
  return host === undefined ? `${scheme}:` : `${scheme}://${host.toLowerCase()}`
}
