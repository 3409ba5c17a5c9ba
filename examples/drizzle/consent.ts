import { type AuthorizationServer, type HttpRequest, type HttpResponse, OAuth1Error } from 'countersign'

/**
 * A stand-in for your own sign-in and consent page. It believes whoever the form says is signed in. A real application
 * takes the user from its session, never from the form, and protects the form against forgery (CSRF).
 */
export async function authorize(server: AuthorizationServer, request: HttpRequest): Promise<HttpResponse> {
  try {
    if (request.method === 'POST') {
      const form = new URLSearchParams(request.body)
      const user = form.get('decision') === 'allow' ? { id: form.get('user') ?? 'ada' } : undefined
      return await server.createAuthorizationResponse(request, user)
    }
    const { client, credential } = await server.checkAuthorizationRequest(request)
    return page(
      200,
      `<h1>${escapeHtml(client.clientId)} asks for access to your notes</h1>
      <form method="post">
        <input type="hidden" name="oauth_token" value="${escapeHtml(credential.oauthToken)}">
        <label>Signed in as <select name="user"><option>ada</option><option>grace</option></select></label>
        <button name="decision" value="allow">Allow</button>
        <button name="decision" value="deny">Deny</button>
      </form>`,
    )
  } catch (error) {
    if (!(error instanceof OAuth1Error)) throw error
    return page(error.status, `<h1>This did not work</h1><p>${escapeHtml(error.description)}</p>`)
  }
}

function page(status: number, content: string): HttpResponse {
  const body = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Access</title>${content}</html>`
  // No caching, and no frame around it in which somebody could be lured to click.
  return {
    status,
    headers: { 'content-type': 'text/html', 'cache-control': 'no-store', 'x-frame-options': 'DENY' },
    body,
  }
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
