import { html } from 'hono/html'
import { type ClientSigning, type SigningFilter, signingKinds } from '../../clients/signing-list.ts'
import type { Retirement } from '../../retirement/retirement.ts'
import type { Texts } from '../../texts/texts.ts'
import { choice, field } from '../ui/form.ts'
import type { Page } from '../ui/layout.ts'
import { rows } from '../ui/list.ts'
import { code, day, type Html, named } from '../ui/text.ts'
import { usageDays } from './filters.ts'
import { exportLinks, filterForm, mark, pager, partMenu } from './parts.ts'
import { retirementSection } from './retirement-section.ts'

/** The content of the usage page. */
export interface UsageView {
  readonly filter: SigningFilter
  readonly from: string | undefined
  readonly signings: readonly ClientSigning[]
  readonly next: string | undefined
  /** The retired features; undefined if there are none. */
  readonly retirement: Retirement | undefined
  /** The operator's name for this site. */
  readonly site: string
}

export function usagePage(texts: Texts, { filter, from, signings, next, retirement, site }: UsageView): Page {
  const { admin } = texts
  const { kind, client, days } = filter
  const query = { kind, client, days: days === undefined ? undefined : String(days) }
  const kinds = Object.fromEntries(signingKinds.map((one) => [one, admin.signingKinds[one]()]))
  const spans = Object.fromEntries(usageDays.map((one) => [one, admin.lastDays({ days: Number(one) })]))
  return {
    title: admin.parts.usage(),
    wide: true,
    body: html`${partMenu(texts, 'usage')}<h1>${admin.parts.usage()}</h1>
<p class="quiet">${admin.usageHint()}</p>
${filterForm(
  texts,
  '/admin/usage',
  [
    choice({
      name: 'kind',
      label: admin.signing(),
      options: { '': admin.anySigning(), ...kinds },
      value: kind ?? '',
    }),
    field({
      name: 'client',
      label: admin.clientText(),
      value: client ?? '',
      attributes: { autocomplete: 'off', spellcheck: 'false', maxlength: 200 },
    }),
    choice({
      name: 'days',
      label: admin.usedIn(),
      options: spans,
      value: query.days ?? '30',
    }),
  ],
  query,
)}
${rows(
  signings.map((signing) => ({ text: signingRow(texts, signing) })),
  Object.values(query).some(Boolean) ? admin.noneFound() : admin.noUsage(),
)}
${pager(texts, '/admin/usage', query, from, next)}
${exportLinks(texts, 'usage', query)}
${retirement === undefined ? '' : retirementSection(texts, retirement, site)}`,
  }
}

/** How one client signs, in a list. */
function signingRow(texts: Texts, signing: ClientSigning): Html {
  const { admin } = texts
  const { clientId, name, signatureMethod, place, accepted, refused, firstAt, lastAt, oauth2ClientId } =
    signing
  const times = { first: day(texts, firstAt), last: day(texts, lastAt) }
  return html`<p><a href="/admin/clients/${clientId}">${named(name)}</a>${isWeak(signing) ? mark(admin.weak(), 'bad') : ''}</p>
<p><code>${signatureMethod || admin.unknownMethod()}</code> · ${placeName(texts, place)} · ${admin.requestCounts({ accepted, refused })}</p>
<p class="quiet"><code>${clientId}</code> · ${admin.firstAndLast(times)}${oauth2ClientId === null ? '' : html` · ${admin.pairedWith({ client: code(oauth2ClientId) })}`}</p>`
}

function isWeak({ signatureMethod, hash, place }: ClientSigning): boolean {
  return hash === 'SHA-1' || signatureMethod === 'PLAINTEXT' || place === 'query'
}

function placeName({ admin }: Texts, place: string): string {
  const { places } = admin
  return Object.hasOwn(places, place) ? places[place as keyof typeof places]() : places.none()
}
