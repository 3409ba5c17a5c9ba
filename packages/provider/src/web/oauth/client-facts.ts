import { html } from 'hono/html'
import type { ClientFacts } from '../../clients/client-facts.ts'
import type { Texts } from '../../texts/texts.ts'
import { day, type Html, named } from '../ui/text.ts'

/** Facts about the requesting client beyond its name: its purpose, its owner, and its age. */
export function clientFactsText(texts: Texts, facts: ClientFacts | undefined): Html | '' {
  if (facts === undefined) return ''
  const { consent } = texts
  const { description, homepage, ownerName, registeredAt } = facts
  const since = day(texts, registeredAt)
  const registered =
    ownerName === null
      ? consent.registeredHere({ day: since })
      : consent.registeredBy({ owner: named(ownerName), day: since })
  const host =
    /^https?:/i.test(homepage ?? '') && URL.canParse(homepage ?? '')
      ? new URL(homepage ?? '').host
      : undefined
  // In a separate window, so that the consent page stays open.
  const site =
    host === undefined
      ? ''
      : html` · <a href="${homepage}" target="_blank" rel="noopener noreferrer"><bdi class="name host" title="${host}">${host}</bdi></a>`
  return html`${description === null ? '' : html`<p class="description"><bdi class="name" title="${description}">${description}</bdi></p>`}
<p class="quiet small">${registered}${site}</p>`
}

/** Whether an administrator has verified its owner. @param site - The operator's name for this site. */
export function verificationText({ consent }: Texts, facts: ClientFacts | undefined, site: string): Html {
  return facts?.verifiedAt === null || facts === undefined
    ? html`<p class="warning">${consent.unverified()}</p>`
    : html`<p class="note verified">${consent.verified({ site: html`<strong>${named(site)}</strong>` })}</p>`
}
