import { html } from 'hono/html'
import type { Standing } from '../../retirement/standing.ts'
import type { Texts } from '../../texts/texts.ts'
import { day, type Html, moment } from '../ui/text.ts'

/** Tells the owner of a client that a feature it uses ends. */
export function retirementBanner(
  texts: Texts,
  { rule, stage, endsAt, until }: Standing,
  guide: string,
): Html {
  const { developer } = texts
  const { retired } = rule
  const what = retired.kind === 'method' ? retired.method : 'OAuth 1.0'
  const date = day(texts, endsAt)
  const text =
    stage === 'ended'
      ? developer.retiredText({ what, day: date })
      : stage === 'brownout'
        ? developer.brownoutText({ what, day: date, time: moment(texts, (until ?? endsAt) * 1000) })
        : developer.endsText({ what, day: date })
  return html`<p class="${stage === 'announced' ? 'warning' : 'alert'}">${text} ${guideLink(texts, guide)}</p>`
}

/** Tells in a list of clients that some use a feature that ends; undefined if none does. */
export function retirementHint(texts: Texts, standings: readonly Standing[], guide: string): Html | '' {
  if (standings.length === 0) return ''
  return html`<p class="warning">${texts.developer.endsSomewhere()} ${guideLink(texts, guide)}</p>`
}

/** In a list, beside the name of a client. */
export function retirementMark(texts: Texts, standing: Standing | undefined): Html | '' {
  if (standing === undefined) return ''
  const { developer } = texts
  const date = day(texts, standing.endsAt)
  const text =
    standing.stage === 'ended' ? developer.endedMark({ day: date }) : developer.endsMark({ day: date })
  return html` <span class="mark bad">${text}</span>`
}

/** The migration guide for developers. */
export function guideLink({ developer }: Texts, guide: string): Html {
  return html`<a href="${guide}" rel="noopener noreferrer">${developer.moveOn()}</a>`
}
