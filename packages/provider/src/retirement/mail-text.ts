import { nowSeconds } from '../random.ts'
import { type Language, type Texts, textsIn } from '../texts/texts.ts'
import { timeText } from './notice.ts'
import type { RetirementPlan, RetirementRule } from './retirement-plan.ts'
import { nextWindows } from './windows.ts'

/** A plain-text email to the developers whom a rule affects. */
export interface MailText {
  readonly subject: string
  readonly body: string
}

/** What the email is about. */
export interface MailSubject {
  readonly plan: RetirementPlan
  readonly rule: RetirementRule
  /** What the operator calls the site. */
  readonly site: string
  /** In seconds since 1970: past brownouts are left out. */
  readonly now: number
}

const mostWindows = 10

export function mailText({ language, retirement }: Texts, { plan, rule, site, now }: MailSubject): MailText {
  const { retired, announcedAt, endsAt } = rule
  const format = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    dateStyle: 'long',
    timeZone: 'UTC',
  })
  const dayText = (seconds: number) => format.format(new Date(seconds * 1000))
  const what = retired.kind === 'method' ? retired.method : 'OAuth 1.0'
  const values = { what, site, day: dayText(endsAt) }
  const windows = nextWindows(rule, now, mostWindows).map(
    ({ from, to }) => `- ${retirement.window({ from: timeText(from), to: timeText(to) })}`,
  )
  const parts = [
    retirement.greeting(),
    retirement.why(values),
    ...(windows.length === 0 ? [] : [`${retirement.brownouts()}\n${windows.join('\n')}`]),
    retirement.headers({ announced: dayText(announcedAt) }),
    retirement.readOn({ guide: plan.guide }),
  ]
  return { subject: retirement.subject(values), body: `${parts.join('\n\n')}\n` }
}

/** An email for each rule of a plan, in one language. */
export function retirementMails(
  plan: RetirementPlan,
  { site, language }: { readonly site: string; readonly language: Language },
): MailText[] {
  const now = nowSeconds()
  return plan.rules.map((rule) => mailText(textsIn(language), { plan, rule, site, now }))
}
