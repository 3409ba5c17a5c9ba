/** What a visitor got: the page, or where a redirect that leaves the provider leads. */
export interface Visited {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The path that the page was found at. */
  readonly path: string
  /** Where the provider sent the visitor, when that is another site. */
  readonly leftFor: string | undefined
}

/** A person with a browser, over real HTTP: keeps cookies, follows redirects on the site, submits the forms it is shown. */
export class Visitor {
  readonly #site: () => string
  readonly #headers: Readonly<Record<string, string>>
  readonly cookies = new Map<string, string>()
  /** The page that is open. */
  page: Visited | undefined

  /**
   * @param site - Where the next request goes, asked again for each where several processes serve the site.
   * @param headers - What the proxy in front adds to each request.
   */
  constructor(site: string | (() => string), headers: Readonly<Record<string, string>> = {}) {
    this.#site = typeof site === 'string' ? () => site : site
    this.#headers = headers
  }

  async open(path: string): Promise<Visited> {
    return this.#follow(path, {})
  }

  /** Fills in the form of the open page that posts to `action`, and submits it. */
  async submit(action: string, fields: Readonly<Record<string, string>> = {}): Promise<Visited> {
    const form = new RegExp(
      `<form (?:class="[a-z]+" )?method="post" action="${action}">(.*?)</form>`,
      's',
    ).exec(this.page?.text ?? '')
    if (form === null)
      throw new Error(`The page ${this.page?.path} has no form for ${action}:\n${this.page?.text}`)
    const hidden = [...(form[1] as string).matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)]
    const pairs = {
      ...Object.fromEntries(hidden.map(([, name, value]) => [name, unescapeHtml(value ?? '')])),
      ...fields,
    }
    return this.post(action, pairs)
  }

  /** Fills in the form of the open page that takes files. */
  async upload(action: string, fields: Readonly<Record<string, string | File>>): Promise<Visited> {
    const token = /name="form_token" value="([^"]*)"/.exec(this.page?.text ?? '')?.[1] ?? ''
    const body = new FormData()
    for (const [name, value] of Object.entries({ form_token: token, ...fields })) body.append(name, value)
    const headers = { origin: 'null', 'sec-fetch-site': 'same-origin' }
    return this.#follow(action, { method: 'POST', body, headers })
  }

  /** Posts any fields, as a form of the site would. */
  async post(
    path: string,
    fields: Readonly<Record<string, string>> | URLSearchParams,
    headers: Readonly<Record<string, string>> = { origin: 'null', 'sec-fetch-site': 'same-origin' },
  ): Promise<Visited> {
    return this.#follow(path, { method: 'POST', body: new URLSearchParams(fields), headers })
  }

  async signUp(name: string, password: string): Promise<Visited> {
    await this.open('/sign-up')
    return this.submit('/sign-up', { name, password })
  }

  async signIn(name: string, password: string): Promise<Visited> {
    await this.open('/sign-in')
    return this.submit('/sign-in', { name, password })
  }

  async #follow(path: string, init: RequestInit): Promise<Visited> {
    let next = { path, init }
    for (let hops = 0; hops < 6; hops++) {
      const headers = new Headers(next.init.headers)
      for (const [name, value] of Object.entries(this.#headers)) headers.set(name, value)
      if (this.cookies.size > 0)
        headers.set('cookie', [...this.cookies].map((pair) => pair.join('=')).join('; '))
      const response = await fetch(this.#site() + next.path, { ...next.init, headers, redirect: 'manual' })
      for (const cookie of response.headers.getSetCookie()) {
        const [name = '', value = ''] = (cookie.split(';', 1)[0] as string).split('=')
        this.cookies.set(name, value)
      }
      const location = response.headers.get('location')
      const text = await response.text()
      const isLocal = location?.startsWith('/') ?? false
      this.page = {
        status: response.status,
        headers: response.headers,
        text,
        path: next.path,
        leftFor: isLocal ? undefined : (location ?? undefined),
      }
      if (location === null || !isLocal) return this.page
      next = { path: location, init: {} }
    }
    throw new Error(`Too many redirects from ${path}.`)
  }
}

export function unescapeHtml(text: string): string {
  const characters: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => characters[name] as string)
}
