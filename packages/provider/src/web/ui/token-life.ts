import { html } from 'hono/html'
import type { Texts } from '../../texts/texts.ts'
import { day, type Html } from './text.ts'

interface TokenLife {
  readonly expiresAt: number | null
  readonly lastUsedAt: number | null
  readonly isIdle: boolean
}

/** The end of a line about how long an access lasts, if there is anything to say. */
export function lifeText(texts: Texts, { expiresAt, lastUsedAt, isIdle }: TokenLife): Html {
  const { lastUsed, ends, asleep } = texts.tokenLife
  return html`${lastUsedAt === null ? '' : html` · ${lastUsed({ day: day(texts, lastUsedAt) })}`}${expiresAt === null ? '' : html` · ${ends({ day: day(texts, expiresAt) })}`}${isIdle ? html` · <span class="mark">${asleep()}</span>` : ''}`
}
