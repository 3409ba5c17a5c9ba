/** The subset of a browser that a consent page needs: it keeps cookies, follows redirects of its own site, and submits forms. */
export class Browser {
  readonly #cookies = new Map<string, string>()

  /** The page, or the redirect to another site. */
  async open(url: string, init: RequestInit = {}): Promise<Response> {
    const cookie = [...this.#cookies].map((pair) => pair.join('=')).join('; ')
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { ...init.headers, cookie } })
    for (const text of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? []
      this.#cookies.set(name, value)
    }
    const location = new URL(response.headers.get('location') ?? url, url)
    const isElsewhere = location.origin !== new URL(url).origin
    return response.status < 300 || response.status > 399 || isElsewhere ? response : this.open(location.href)
  }

  /** Submits the form of a page with these fields filled in. */
  async submit(page: Response, filled: Readonly<Record<string, string>>): Promise<Response> {
    const text = await page.clone().text()
    const action = /<form method="post" action="([^"]+)"/.exec(text)?.[1] ?? ''
    const hidden = text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)
    const fields = Object.fromEntries([...hidden].map(([, name = '', value = '']) => [name, value]))
    return this.open(new URL(action, page.url).href, {
      method: 'POST',
      body: new URLSearchParams({ ...fields, ...filled }),
    })
  }
}
