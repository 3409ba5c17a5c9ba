import { html } from 'hono/html'
import type { ProviderClient } from '../../database/schema.ts'
import type { Texts } from '../../texts/texts.ts'
import { code, type Html } from '../ui/text.ts'
import { playgroundCallback, type RequestStep } from './steps.ts'

/** What the client does in a step, and advice before its request is sent. */
export function stepAdvice(
  { playground: texts }: Texts,
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
      : html` ${texts.adviceCallback({ callback: code(own) })}`
    return html`<p>${texts.adviceInitiate({ code })}${hint}</p>
<p>${texts.adviceScope({ code })}</p>`
  }
  if (step === 'token') {
    const link = (words: Html) => html`<a href="${path}/initiate">${words}</a>`
    return html`<p>${oauthToken === undefined ? texts.adviceNoToken({ link }) : texts.adviceToken()}</p>`
  }
  const [other, advice] = target === 'echo' ? ['me', texts.adviceEcho] : ['echo', texts.adviceMe]
  const link = html`<a href="${path}/request?to=${other}">${code(`/api/${other}`)}</a>`
  return html`<p>${advice({ code, other: link })}</p>`
}
