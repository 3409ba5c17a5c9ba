/**
 * A consent page for development, refused where `NODE_ENV` is `production`: anyone who opens it can act as any of the
 * users it lists. Replace it with your own page before you go live; the guide "Your consent page" shows a complete one.
 *
 * @example
 * ```ts
 * import { devConsent } from 'countersign/dev'
 *
 * app.all('/oauth/authorize', endpoint(devConsent(server)))
 * ```
 *
 * @module
 */
import { ConfigurationError, OAuth1Error } from '../errors.ts'
import type { AuthorizationServer } from '../server/authorization-server.ts'
import type { AuthorizationRequest } from '../server/decision.ts'
import { type Endpoint, endpointOf } from '../server/endpoint.ts'
import type { Client, TokenCredential } from '../server/models.ts'
import { aText, checkOptions, type Kinds, scopes } from '../server/option-kinds.ts'
import { pageResponse } from '../server/responses.ts'

/** The users to choose from, and the scope to grant. */
export interface DevConsentOptions {
  /** The ids of the users to choose from. Default `ada` and `grace`. */
  readonly users?: readonly string[]
  /** Space-separated; granted with each approval. Default: no scope. */
  readonly scope?: string
}

const consentKinds: Kinds<DevConsentOptions> = {
  users: {
    must: "a list of at least one id, such as ['ada']",
    holds: (value) => Array.isArray(value) && value.length > 0 && value.every(aText.holds),
  },
  scope: scopes,
}

/**
 * The authorization endpoint (§2.2) with a page that asks only which user approves. It has no sign-in and no CSRF
 * protection, and logs a warning when it is created. Create it once, not for each request.
 *
 * @example
 * ```ts
 * app.all('/oauth/authorize', endpoint(devConsent(server, { users: ['ada'], scope: 'notes:read' })))
 * ```
 *
 * @deprecated Dangerous: for development only. Not really deprecated; your editor marks it so that it stands out.
 * @throws ConfigurationError where `NODE_ENV` is `production`, or when an option is unknown or not of its kind.
 */
export function devConsent<C extends Client, T extends TokenCredential>(
  server: AuthorizationServer<C, T>,
  options: DevConsentOptions = {},
): Endpoint {
  checkOptions('devConsent', options, consentKinds)
  const { users = ['ada', 'grace'], scope } = options
  // Some Workers have no `process`; their bundlers replace the whole expression with the value.
  if (typeof process !== 'undefined' && process.env['NODE_ENV'] === 'production') {
    throw new ConfigurationError(
      'countersign/dev lets anyone approve in the name of any user, so it does not run where NODE_ENV is production. Write your own consent page.',
    )
  }
  console.warn(
    'WARNING: countersign/dev serves the consent page. Anyone who reaches it can approve in the name of any user: for development only.',
  )
  return endpointOf(server, async (request) => {
    try {
      if (request.method !== 'POST') {
        return pageResponse(consentPage(await server.checkAuthorizationRequest(request), users))
      }
      const form = new URLSearchParams(request.body)
      const id = form.get('user') ?? users[0]
      const isApproved = form.get('decision') === 'allow' && id !== undefined && users.includes(id)
      return await server.createAuthorizationResponse(
        request,
        isApproved ? { id } : undefined,
        scope === undefined ? {} : { scope },
      )
    } catch (error) {
      if (!(error instanceof OAuth1Error)) throw error
      const page = document('This did not work', `<p>${escapeHtml(error.description)}</p>`)
      return { ...pageResponse(page), status: error.status }
    }
  })
}

function consentPage({ client, credential }: AuthorizationRequest<Client>, users: readonly string[]): string {
  const { oauthToken, oauthCallback } = credential
  const options = users.map((user) => `<option>${escapeHtml(user)}</option>`).join('')
  return document(
    `${client.clientId} asks for access`,
    `<p class="warning">Development page of countersign/dev: anyone can approve here.</p>
<p>Afterwards you go to <b>${escapeHtml(oauthCallback === 'oob' ? 'a page with a code' : oauthCallback)}</b>.</p>
<form method="post">
<input type="hidden" name="oauth_token" value="${escapeHtml(oauthToken)}">
<label>Approve as <select name="user">${options}</select></label>
<button name="decision" value="allow">Allow</button>
<button name="decision" value="deny">Deny</button>
</form>`,
  )
}

function document(heading: string, content: string): string {
  const title = escapeHtml(heading)
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 33rem; margin: 4rem auto; padding: 0 1rem; overflow-wrap: anywhere }
.warning { border-left: .25rem solid #d97706; padding-left: .75rem }
button, select { font: inherit; padding: .25rem .75rem }
</style>
<h1>${title}</h1>
${content}
</html>`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
