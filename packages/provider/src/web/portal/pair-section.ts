import { html } from 'hono/html'
import type { OwnClient } from '../../clients/client-overview.ts'
import { shellWord } from '../../shell-word.ts'
import type { Texts } from '../../texts/texts.ts'
import { code, type Html } from '../ui/text.ts'
import { guideLink } from './retirement-banner.ts'

/**
 * Tells the owner of a client which OAuth 2 client replaces it, and how; nothing if there is none.
 *
 * @param guide - The migration guide for developers; empty if the operator named none.
 */
export function pairSection(texts: Texts, { oauth2ClientId }: OwnClient, guide: string): Html | '' {
  if (oauth2ClientId === null) return ''
  const { developer } = texts
  return html`<h2>${developer.pairing()}</h2>
<p>${developer.pairedText({ client: code(oauth2ClientId) })}${guide === '' ? '' : html` ${guideLink(texts, guide)}`}</p>
<p>${developer.exchangeText()}</p>
<pre class="command"><code>countersign exchange --tokens tokens.csv --out oauth2.jsonl --issuer https://… --client-id ${shellWord(oauth2ClientId)}</code></pre>`
}
