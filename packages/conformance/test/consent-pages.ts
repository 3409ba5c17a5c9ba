import { randomUUID } from 'node:crypto'
import { type AuthorizationServer, type HttpRequest, type HttpResponse, OAuth1Error } from 'countersign'

/** What the pages do wrong. */
export type PageFault =
  | 'framed'
  | 'unguarded'
  | 'approves at once'
  | 'callback of the URL'
  | 'unescaped'
  | 'referrer'

interface Session {
  readonly formToken: string
  user: string | undefined
}

/** Sign-in and consent of the tests' provider. */
export class ConsentPages {
  readonly #fault: PageFault | undefined
  readonly #sessions = new Map<string, Session>()

  constructor(fault: PageFault | undefined) {
    this.#fault = fault
  }

  async respond(http: HttpRequest, server: AuthorizationServer): Promise<HttpResponse> {
    const url = new URL(http.url)
    const form = new URLSearchParams(http.body)
    const [id, session] = this.#session(http)
    if (http.method === 'POST' && form.get('form_token') !== session.formToken && this.#fault !== 'unguarded')
      return this.#page(id, 'This form is not yours.', 403)
    if (url.pathname === '/sign-in') {
      session.user = form.get('name') ?? undefined
      return { status: 303, headers: { location: form.get('return') ?? '/' }, body: '' }
    }
    const oauthToken = form.get('oauth_token') ?? url.searchParams.get('oauth_token') ?? ''
    try {
      const { credential } = await server.checkAuthorizationRequest(oauthToken)
      if (session.user === undefined) return this.#page(id, signIn(session, url))
      const isDecided = http.method === 'POST' || this.#fault === 'approves at once'
      if (!isDecided) return this.#page(id, consent(session, oauthToken))
      const user = form.get('decision') === 'deny' ? undefined : { id: session.user }
      const response = await server.createAuthorizationResponse(oauthToken, user)
      const asked = url.searchParams.get('oauth_callback')
      if (this.#fault !== 'callback of the URL' || asked === null) return response
      const location = response.headers['location']?.replace(credential.oauthCallback, asked) ?? asked
      return { ...response, headers: { ...response.headers, location } }
    } catch (error) {
      if (!(error instanceof OAuth1Error)) throw error
      return this.#page(id, this.#fault === 'unescaped' ? `No request ${oauthToken}` : error.description, 400)
    }
  }

  #session({ headers }: HttpRequest): [string, Session] {
    const id = /\bsid=([^;]+)/.exec(String(headers['cookie'] ?? ''))?.[1] ?? randomUUID()
    const session = this.#sessions.get(id) ?? { formToken: randomUUID(), user: undefined }
    this.#sessions.set(id, session)
    return [id, session]
  }

  #page(id: string, content: string, status = 200): HttpResponse {
    const headers: Record<string, string> = {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'set-cookie': `sid=${id}; HttpOnly`,
    }
    if (this.#fault !== 'referrer') headers['referrer-policy'] = 'no-referrer'
    if (this.#fault !== 'framed') headers['x-frame-options'] = 'DENY'
    return { status, headers, body: `<!doctype html><title>Consent</title>${content}` }
  }
}

function signIn({ formToken }: Session, { pathname, search }: URL): string {
  return `<form method="post" action="/sign-in"><input type="hidden" name="form_token" value="${formToken}">
<input type="hidden" name="return" value="${(pathname + search).replaceAll('&', '&amp;').replaceAll('"', '&quot;')}">
<input name="name"><input name="password" type="password"><button>Sign in</button></form>`
}

/** Sent to its own address, so that a query beside `oauth_token` is kept. */
function consent({ formToken }: Session, oauthToken: string): string {
  return `<form method="post"><input type="hidden" name="form_token" value="${formToken}">
<input type="hidden" name="oauth_token" value="${oauthToken}">
<button name="decision" value="allow">Allow</button><button name="decision" value="deny">Deny</button></form>`
}
