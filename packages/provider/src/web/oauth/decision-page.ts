import { html } from 'hono/html'
import type { Texts } from '../../texts/texts.ts'
import type { Decision } from '../../tokens/decisions.ts'
import type { Page } from '../ui/layout.ts'
import { named } from '../ui/text.ts'

/** After the approval of an `oob` request (§2.2): the code to type in. */
export function codePage(
  { decision: texts }: Texts,
  { clientName, code }: { readonly clientName: string; readonly code: string },
): Page {
  return {
    title: texts.codeTitle(),
    focused: true,
    body: html`<h1>${texts.codeHeading({ client: named(clientName) })}</h1>
<p>${texts.codeText()}</p>
<code class="code">${grouped(code)}</code>
<p class="hint center">${texts.clickToSelect()}</p>
<p class="quiet">${texts.codeWarning()}</p>`,
  }
}

/** A code in two halves, which is easier to read and to type; the token endpoint ignores the dash. */
function grouped(code: string): string {
  return code.replace(/^(.{5})(.{5})$/, '$1-$2')
}

/** The decision, for a user who returns to a finished request. */
export function decisionPage({ decision: texts }: Texts, { clientName, allowed }: Decision): Page {
  const client = named(clientName)
  const again = html`<p class="quiet">${texts.again()}</p>`
  return {
    status: 409,
    title: texts.title(),
    focused: true,
    body: allowed
      ? html`<h1>${texts.allowed()}</h1>
<p>${texts.allowedText({ client })}</p>${again}
<p><a href="/authorizations">${texts.connectedApps()}</a></p>`
      : html`<h1>${texts.denied()}</h1>
<p>${texts.deniedText({ client })}</p>${again}`,
  }
}
