import { html } from 'hono/html'
import type { IdentityProviderError } from '../../accounts/identity-provider-error.ts'
import type { Texts } from '../../texts/texts.ts'
import type { Session } from '../http/session.ts'
import { formToken } from '../ui/form.ts'
import type { Page } from '../ui/layout.ts'
import { type Html, named } from '../ui/text.ts'
import { passwordField } from './password-field.ts'

type Outcome = Exclude<
  keyof Texts['elsewhere'],
  'again' | 'toAccount' | 'told' | `link${string}` | 'link' | 'cancel'
>

const statuses = {
  unavailable: 503,
  denied: 403,
  refused: 403,
  stale: 400,
  invalid: 400,
  suspended: 403,
  otherAccount: 409,
} as const satisfies Record<Outcome, Page['status']>

/** The page for a failed sign-in at the identity provider. */
export function elsewherePage(
  { elsewhere }: Texts,
  outcome: Outcome,
  {
    provider,
    next,
    told,
  }: {
    readonly provider: string
    /** Where to continue. */
    readonly next: Html
    /** The provider's message. */
    readonly told?: IdentityProviderError['told']
  },
): Page {
  const title = elsewhere[outcome].title({ provider })
  return {
    status: statuses[outcome],
    title,
    focused: true,
    body: html`<h1>${title}</h1>
<p>${elsewhere[outcome].text({ provider })}</p>
${told === undefined ? '' : html`<p class="quiet">${elsewhere.told({ told: html`<bdi>${told.code}${told.description === undefined ? '' : html`: ${told.description}`}</bdi>` })}</p>`}
<p>${next}</p>`,
  }
}

/**
 * Asks whether an identity may open the account: neither the site that sent the browser here may decide that, nor
 * someone who found the browser unattended.
 */
export function linkPage(
  { elsewhere, ownAccount }: Texts,
  session: Session,
  {
    provider,
    person,
    hasPassword,
    fault,
  }: {
    readonly provider: string
    readonly person: string
    readonly hasPassword: boolean
    readonly fault?: string | undefined
  },
): Page {
  const title = elsewhere.linkTitle({ provider })
  const user = html`<strong>${named(session.user?.name ?? '')}</strong>`
  return {
    title,
    focused: true,
    ...(fault !== undefined && { status: 422 as const }),
    body: html`<h1>${title}</h1>
<p>${elsewhere.linkText({ provider, person: html`<strong>${named(person)}</strong>`, user })}</p>
<form method="post" action="/account/link">${formToken(session)}
${hasPassword ? passwordField('password', ownAccount.currentPassword(), fault) : ''}
<div class="actions"><a class="button second" href="/account">${elsewhere.cancel()}</a><button>${elsewhere.link()}</button></div>
</form>`,
  }
}
