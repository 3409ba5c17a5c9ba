import { html } from 'hono/html'
import type { ClientFacts } from '../../clients/client-facts.ts'
import type { Html } from './text.ts'

/** What a client's logo is made of. */
export interface LogoOf {
  readonly clientId: string
  readonly name: string
  /** Of the picture; undefined for a client without one. */
  readonly logoDigest: string | undefined
}

/** The address of a logo, which changes with the picture. */
function logoPath(clientId: string, digest: string): string {
  return `/logos/${clientId}/${digest}.png`
}

/** The logo of a client, or its initial in a colour of its own. It says nothing that the name beside it does not. */
export function logo({ clientId, name, logoDigest }: LogoOf, size: 'small' | 'large' = 'small'): Html {
  if (logoDigest !== undefined)
    return html`<img class="logo ${size}" src="${logoPath(clientId, logoDigest)}" alt="" width="40" height="40">`
  return html`<span class="logo initial hue-${hueOf(clientId)} ${size}" aria-hidden="true">${initialOf(name)}</span>`
}

/** The same for a client that users are told of; nothing where it is not known. */
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

/** What a reader takes for the first sign: an emoji of several characters is one. */
function initialOf(name: string): string {
  const [first] = new Intl.Segmenter().segment(name)
  return first?.segment.toLocaleUpperCase() ?? ''
}
