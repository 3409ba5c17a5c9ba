import { html } from 'hono/html'
import type { OwnClient } from '../../clients/client-overview.ts'
import type { OwnerChoices } from '../../clients/owner-policy.ts'
import { isolated } from '../../isolated.ts'
import type { Texts } from '../../texts/texts.ts'
import type { Session } from '../http/session.ts'
import { checkBoxes, formToken } from '../ui/form.ts'
import type { Page } from '../ui/layout.ts'
import { plainList } from '../ui/list.ts'
import { type Html, named } from '../ui/text.ts'

export interface PolicyFault {
  readonly field: string
  readonly message: string
}

export function policyPage(
  { developer: texts }: Texts,
  session: Session,
  client: OwnClient,
  choices: OwnerChoices,
  fault?: PolicyFault,
): Page {
  const { clientId, name } = client
  const { methods, places, chosen, isBodyHashFixed } = choices
  const boxes = (
    field: 'methods' | 'places',
    values: readonly string[],
    labelOf: (value: string) => string,
  ) =>
    checkBoxes(
      values.map((value) => ({
        name: field,
        value,
        label: labelOf(value),
        isChecked: (chosen[field] as readonly string[]).includes(value),
      })),
    )
  const required = {
    name: 'body_hash',
    value: 'required',
    label: texts.bodyHash(),
    isChecked: chosen.isBodyHashRequired,
  }
  return {
    title: texts.policyTitle({ client: isolated(name) }),
    ...(fault === undefined ? {} : { status: 422 }),
    body: html`<h1>${texts.policyHeading({ client: named(name) })}</h1>
<p>${texts.policyText()}</p>
<form method="post" action="/clients/${clientId}/policy">${formToken(session)}
<fieldset><legend>${texts.methods()}</legend>${faultOf(fault, 'methods')}${boxes('methods', methods, (value) => value)}</fieldset>
<fieldset><legend>${texts.places()}</legend>${faultOf(fault, 'places')}${boxes('places', places, (value) => placeText(texts, value))}</fieldset>
<fieldset><legend>${texts.bodies()}</legend>${isBodyHashFixed ? html`<p>${texts.bodyHash()} (${texts.byOperator()})</p>` : checkBoxes([required])}<p class="hint">${texts.bodyHashHint()}</p></fieldset>
<div class="actions left"><button>${texts.save()}</button><a class="button second" href="/clients/${clientId}">${texts.cancel()}</a></div>
</form>
${ownPolicy(texts, client)}`,
  }
}

function faultOf(fault: PolicyFault | undefined, field: string): Html | '' {
  return fault?.field === field ? html`<p class="fault" role="alert">${fault.message}</p>` : ''
}

export function placeText(texts: Texts['developer'], place: string): string {
  return place === 'header' ? texts.header() : place === 'body' ? texts.body() : texts.query()
}

/** The operator's policy for this client only. */
export function ownPolicy(texts: Texts['developer'], { policy }: OwnClient): Html | '' {
  const { advice: _, scopes: __, ...others } = policy
  const fields = Object.entries(others)
  if (fields.length === 0) return ''
  const list = fields.map(([name, value]) => html`<code>${name}: ${JSON.stringify(value)}</code>`)
  return html`<dl><dt>${texts.byOperator()}</dt><dd>${plainList(list)}</dd></dl>`
}
