import { html } from 'hono/html'
import type { ProviderClient } from '../../database/schema.ts'
import type { Html } from '../ui/text.ts'
import { playgroundCallback, type RequestStep } from './steps.ts'

/** What the client does in a step, and what to know before its request is sent. */
export function stepAdvice(
  step: RequestStep,
  client: ProviderClient,
  origin: string,
  { oauthToken, target }: { oauthToken?: string | undefined; target?: 'me' | 'echo' },
): Html {
  const path = `/playground/${client.clientId}`
  if (step === 'initiate') {
    const own = playgroundCallback(origin)
    const hint = client.callbacks?.includes(own)
      ? ''
      : html` To come back here without a code, register <code>${own}</code> as a callback of the client.`
    return html`<p>The client asks for a temporary credential (RFC 5849 §2.1) and says where the user is to be sent back to: <code>oob</code> shows a code instead.${hint}</p>
<p>With the application parameter <code>scope</code> it asks for more than the least, such as <code>authorizations:read</code>.</p>`
  }
  if (step === 'token') {
    return oauthToken === undefined
      ? html`<p>The client exchanges its approved temporary credential for a token (RFC 5849 §2.3). You have none yet: <a href="${path}/initiate">ask for one</a>.</p>`
      : html`<p>The client exchanges its approved temporary credential for a token (RFC 5849 §2.3). The secret of the temporary credential is the second half of the key.</p>`
  }
  const other = target === 'echo' ? 'me' : 'echo'
  return html`<p>The client uses the token at a protected resource (RFC 5849 §3.1): ${target === 'echo' ? html`<code>/api/echo</code> returns what was authenticated of the request` : html`<code>/api/me</code> returns the user`}. <code>/api/authorizations</code> needs the scope <code>authorizations:read</code>. Or try <a href="${path}/request?to=${other}"><code>/api/${other}</code></a>.</p>`
}
