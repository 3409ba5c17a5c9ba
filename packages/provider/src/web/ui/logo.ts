import { html } from 'hono/html'
import type { ClientFacts } from '../../clients/client-facts.ts'
import type { Html } from './text.ts'

/** The data for a client's logo. */
export interface LogoOf {
  readonly clientId: string
  readonly name: string
  /** The picture's digest; undefined for a client without one. */
  readonly logoDigest: string | undefined
}

/** The URL of a logo, which changes with the picture. */
function logoPath(clientId: string, digest: string): string {
  return `/logos/${clientId}/${digest}.png`
}

/** The logo of a client, or its initial in its own colour. It is decorative: the name is beside it. */
export function logo({ clientId, name, logoDigest }: LogoOf, size: 'small' | 'large' = 'small'): Html {
  if (logoDigest !== undefined)
    return html`<img class="logo ${size}" src="${logoPath(clientId, logoDigest)}" alt="" width="40" height="40">`
  return html`<span class="logo initial hue-${hueOf(clientId)} ${size}" aria-hidden="true">${initialOf(name)}</span>`
}

/** The same for a client from the facts shown to users; nothing if it is not known. */
export function logoBeside(
  name: string,
  facts: Pick<ClientFacts, 'clientId' | 'logo'> | undefined,
): Html | '' {
  if (facts === undefined) return ''
  return logo({ clientId: facts.clientId, name, logoDigest: facts.logo ?? undefined })
}

const hues = 6

function hueOf(clientId: string): number {
  let sum = 0
  for (const character of clientId) sum = (sum * 31 + (character.codePointAt(0) as number)) % 9973
  return sum % hues
}

/** The first character as a reader sees it: an emoji of several code points is one. */
function initialOf(name: string): string {
  const [first] = new Intl.Segmenter().segment(name)
  return first?.segment.toLocaleUpperCase() ?? ''
}
