import { html } from 'hono/html'
import { day, type Html } from './text.ts'

/** How long an access lasts, as far as there is anything to say of it: a line's end. */
export function lifeText({
  expiresAt,
  lastUsedAt,
  isIdle,
}: {
  readonly expiresAt: number | null
  readonly lastUsedAt: number | null
  readonly isIdle: boolean
}): Html {
  return html`${lastUsedAt === null ? '' : html` · last used ${day(lastUsedAt)}`}${expiresAt === null ? '' : html` · ends ${day(expiresAt)}`}${isIdle ? html` · <span class="mark">asleep until the application renews it</span>` : ''}`
}
