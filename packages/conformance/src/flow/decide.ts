import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { percentEncode } from 'countersign/protocol'
import { type Browser, isSameOrigin, redirectOf } from '../browser/browser.ts'
import { codeOf, type Form, formsOf } from '../browser/forms.ts'
import type { Context } from '../context.ts'
import { responseOf } from '../expectations.ts'
import { type Exchange, isHtml, withQuery } from '../http/message.ts'
import type { FormStep, UserCommand, UserDecision, UserForms } from '../target.ts'
import { Failure } from '../verdict.ts'

/** The outcome of a decision. */
export interface Decided {
  /** Undefined if the provider gave none. */
  readonly verifier: string | undefined
  /** The final redirect, away from the provider's own pages. */
  readonly location: string | undefined
  readonly last: Exchange | undefined
}

const maxPages = 12

/** Where the client sends the user (§2.2). */
export function authorizationUrl({ target }: Context, oauthToken: string): string {
  return withQuery(target.authorize, `oauth_token=${percentEncode(oauthToken)}`)
}

/** Goes through the provider's pages like a user. */
export function decide(
  context: Context,
  browser: Browser,
  url: string,
  decision: UserDecision,
): Promise<Decided> {
  return 'command' in decision ? byCommand(decision, url, context) : byForms(context, browser, url, decision)
}

/** The page with the form that decides, before it is sent. */
export interface DecisionPage {
  readonly exchange: Exchange
  readonly form: Form
  readonly step: FormStep
}

/**
 * Opens the authorization page, signs in if need be, and stops at the decision. Undefined if no decision is requested.
 */
export async function decisionPage(
  context: Context,
  browser: Browser,
  url: string,
  decision: UserForms,
): Promise<DecisionPage | undefined> {
  const stopped = await walk(context, browser, url, decision, true)
  return 'form' in stopped ? stopped : undefined
}

async function byForms(
  context: Context,
  browser: Browser,
  url: string,
  decision: UserForms,
): Promise<Decided> {
  const end = await walk(context, browser, url, decision, false)
  if ('form' in end) throw new Error('The walk stopped before its end.')
  return end
}

async function walk(
  context: Context,
  browser: Browser,
  url: string,
  { forms, code }: UserForms,
  stopsAtDecision: boolean,
): Promise<Decided | DecisionPage> {
  let exchange = await browser.open(url)
  const done = new Set<FormStep>()
  for (let page = 0; page < maxPages; page++) {
    const location = redirectOf(exchange)
    if (location !== undefined) {
      if (leaves(context, location)) return { verifier: verifierIn(location), location, last: exchange }
      exchange = await browser.open(location)
      continue
    }
    const response = responseOf(exchange)
    const shown = isHtml(response) ? formsOf(response.body) : []
    const next = shown.flatMap((form) => {
      const step = forms.find((each) => !done.has(each) && fits(form, each))
      return step === undefined ? [] : [{ form, step }]
    })[0]
    if (next === undefined) {
      const verifier = response.status < 300 ? verifierOn(response.body, code) : undefined
      return { verifier, location: undefined, last: exchange }
    }
    if (stopsAtDecision && next.step === forms.at(-1)) return { exchange, ...next }
    done.add(next.step)
    exchange = await browser.submit(exchange.request.url, next.form, next.step)
  }
  throw new Failure(`a decision after at most ${maxPages} pages`, 'more pages', exchange)
}

/** A form matches a step if it has all of its fields and its button. */
function fits({ fields }: Form, { fields: wanted = {}, submit }: FormStep): boolean {
  const names = new Set(fields.map(({ name }) => name))
  const hasButton =
    submit === undefined || fields.some(({ name, value }) => name === submit.name && value === submit.value)
  return hasButton && Object.keys(wanted).every((name) => names.has(name))
}

/** Whether a redirect leads to the client, or anywhere else but the provider's pages. */
function leaves({ target }: Context, location: string): boolean {
  const { callback } = target
  if (
    callback !== undefined &&
    (location === callback || location.startsWith(`${callback}${callback.includes('?') ? '&' : '?'}`))
  )
    return true
  return !isSameOrigin(location, target.authorize)
}

function verifierIn(location: string): string | undefined {
  const query = /\?([^#]*)/.exec(location)?.[1] ?? ''
  return new URLSearchParams(query).get('oauth_verifier') ?? undefined
}

function verifierOn(html: string, pattern: string | undefined): string | undefined {
  if (pattern === undefined) return codeOf(html)
  const match = new RegExp(pattern).exec(html)
  return match?.[1] ?? match?.[0]
}

/** @throws Failure when the program fails, or prints nothing. */
async function byCommand(
  { command: [program, ...args] }: UserCommand,
  url: string,
  context: Context,
): Promise<Decided> {
  const env = { ...process.env, AUTHORIZATION_URL: url }
  const timeout = 6 * context.timeoutSeconds * 1000
  try {
    const { stdout } = await promisify(execFile)(program, args, { env, timeout })
    const printed = stdout.trim()
    const isUrl = /^[a-z][a-z0-9+.-]*:\S+$/i.test(printed)
    const verifier = isUrl ? verifierIn(printed) : printed || undefined
    return { verifier, location: isUrl ? printed : undefined, last: context.last }
  } catch (error) {
    throw new Failure('a callback URL or a verifier from the command', (error as Error).message)
  }
}
