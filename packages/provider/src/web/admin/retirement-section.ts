import { html } from 'hono/html'
import { mailText } from '../../retirement/mail-text.ts'
import type { Retirement } from '../../retirement/retirement.ts'
import type { RetirementRule } from '../../retirement/retirement-plan.ts'
import { stageOf } from '../../retirement/standing.ts'
import { nextWindows } from '../../retirement/windows.ts'
import type { Texts } from '../../texts/texts.ts'
import { field } from '../ui/form.ts'
import { plainList, rows } from '../ui/list.ts'
import { day, type Html, moment, named } from '../ui/text.ts'
import { mark } from './parts.ts'

const mostWindows = 5

/**
 * The retired features, the progress of each, and an email about it.
 *
 * @param site - The operator's name for this site.
 */
export function retirementSection(texts: Texts, { plan, now }: Retirement, site: string): Html {
  const { admin } = texts
  return html`<h2>${admin.retirement()}</h2>
<p class="quiet">${admin.retirementHint()} <a href="${plan.guide}" rel="noopener noreferrer">${texts.developer.moveOn()}</a></p>
${rows(
  plan.rules.map((rule, index) => ({
    text: html`${ruleText(texts, rule, now)}
<details><summary>${admin.mail()}</summary>
${mailField(texts, `mail-${index}`, mailText(texts, { plan, rule, site, now }))}</details>`,
  })),
  '',
)}`
}

function ruleText(texts: Texts, rule: RetirementRule, now: number): Html {
  const { admin } = texts
  const { retired, announcedAt, endsAt } = rule
  const stage = stageOf(rule, now)
  const name =
    retired.kind === 'client'
      ? html`<a href="/admin/clients/${retired.clientId}">${named(retired.clientId)}</a>`
      : html`<strong>${retired.kind === 'method' ? retired.method : 'OAuth 1.0'}</strong>`
  const dates = { announced: day(texts, announcedAt), ends: day(texts, endsAt) }
  const windows = nextWindows(rule, now, mostWindows)
  const minutes = windows.map(({ from, to }) =>
    admin.window({ from: moment(texts, from * 1000), minutes: Math.round((to - from) / 60) }),
  )
  return html`<p>${name}${mark(admin.stages[stage ?? 'planned'](), stage === undefined ? '' : 'bad')}</p>
<p class="quiet">${admin.ruleDates(dates)}</p>
${windows.length === 0 ? '' : html`<p class="quiet">${admin.nextBrownouts()}</p>${plainList(minutes)}`}`
}

function mailField(
  { admin }: Texts,
  name: string,
  { subject, body }: { readonly subject: string; readonly body: string },
): Html {
  const value = `${subject}\n\n${body}`
  return field({ name, label: admin.mailText(), value, rows: 12, attributes: { readonly: true } })
}
