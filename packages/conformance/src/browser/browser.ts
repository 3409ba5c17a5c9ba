import { type Exchange, headerOf, type WireRequest, withQuery } from '../http/message.ts'
import { formType } from '../signing.ts'
import type { FormStep } from '../target.ts'
import { CookieJar } from './cookie-jar.ts'
import type { Form } from './forms.ts'

/** A visitor of the provider's pages, which keeps cookies and submits forms. */
export class Browser {
  readonly #send: (request: WireRequest) => Promise<Exchange>
  readonly #jar = new CookieJar()

  constructor(send: (request: WireRequest) => Promise<Exchange>) {
    this.#send = send
  }

  open(url: string): Promise<Exchange> {
    return this.#visit({ method: 'GET', url, headers: [['Accept', 'text/html']] })
  }

  /** Submits the form of a page with all its fields, filled in with the step's values. */
  submit(page: string, form: Form, step: FormStep): Promise<Exchange> {
    const url = absoluteUrl(form.action, page)
    const body = new URLSearchParams(filledIn(form, step)).toString()
    if (form.method === 'GET') return this.open(withQuery(url.replace(/\?.*$/s, ''), body))
    return this.#visit(formPost(url, body, [['Origin', new URL(page).origin]]))
  }

  /** As sent by a page of another site: only with cookies that browsers send from there. */
  forge(url: string, fields: readonly (readonly [string, string])[]): Promise<Exchange> {
    const body = new URLSearchParams(
      fields.map(([name, value]): [string, string] => [name, value]),
    ).toString()
    const foreign = [
      ['Origin', 'https://attacker.example'],
      ['Sec-Fetch-Site', 'cross-site'],
    ] as const
    return this.#visit(formPost(url, body, foreign), true)
  }

  async #visit(request: WireRequest, fromOtherSite = false): Promise<Exchange> {
    const cookie = this.#jar.header({ fromOtherSite })
    const headers = cookie === undefined ? request.headers : [...request.headers, ['Cookie', cookie] as const]
    const exchange = await this.#send({ ...request, headers })
    if (exchange.response) this.#jar.keep(exchange.response)
    return exchange
  }
}

/** The target of a redirect, as written if it is absolute. */
export function redirectOf({ request, response }: Exchange): string | undefined {
  const location = response && headerOf(response, 'location')
  if (!response || location === undefined || response.status < 300 || response.status > 399) return undefined
  return absoluteUrl(location, request.url)
}

/** Whether a URL, which may be invalid, has the same scheme, host and port. */
export function isSameOrigin(url: string, other: string): boolean {
  return URL.canParse(url) && new URL(url).origin === new URL(other).origin
}

/** Resolves a URL on a page; as written if it is absolute. */
export function absoluteUrl(reference: string, page: string): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(reference)) return reference
  return URL.canParse(reference, page) ? new URL(reference, page).href : page
}

function formPost(url: string, body: string, sender: WireRequest['headers']): WireRequest {
  const headers = [['Accept', 'text/html'], ['Content-Type', formType], ...sender] as const
  return { method: 'POST', url, headers, body }
}

function filledIn({ fields }: Form, { fields: given = {}, submit }: FormStep): [string, string][] {
  const kept = fields.filter(({ name, isButton }) => !isButton && !Object.hasOwn(given, name))
  const pairs = kept.map(({ name, value }): [string, string] => [name, value])
  return [
    ...pairs,
    ...Object.entries(given),
    ...(submit ? [[submit.name, submit.value] as [string, string]] : []),
  ]
}
