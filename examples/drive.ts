import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { allowBrokenPipe } from '../test/support/broken-pipe.ts'
import { type Keys, ThirdParty } from '../test/support/third-party.ts'

const callback = 'http://localhost:8080/callback?from=demo'

const client = new ThirdParty({ key: 'demo', secret: 'demo-secret' })

/** Exercises everything that all examples do, as a client (oauth-1.0a) and as a browser; throws if anything fails. */
export async function drive(origin: string): Promise<void> {
  const temporary = await temporaryCredentials(origin)
  assert.equal(temporary.confirmed, 'true')

  const address = `${origin}/oauth/authorize?oauth_token=${temporary.key}`
  const page = await fetch(address)
  assert.equal(page.status, 200)
  assert.match(await page.text(), /demo asks for access/)
  const approved = await decide(address, temporary.key, 'allow')
  assert.ok(approved.href.startsWith(`${callback}&oauth_token=`), approved.href)
  const again = await fetch(address)
  assert.equal(again.status, 401, 'an approved credential cannot be approved again')
  assert.match(again.headers.get('content-type') ?? '', /text\/html/)

  const verifier = approved.searchParams.get('oauth_verifier') ?? ''
  const token = await tokenCredentials(origin, temporary, verifier)
  const spent = await post(`${origin}/oauth/token`, { oauth_verifier: verifier }, temporary)
  assert.equal(spent.status, 401, 'a temporary credential is spent once')

  await readMe(origin, token)
  await writeNotes(origin, token)
  await deny(origin)
}

/** The examples with a store also do this: a token ends at once when its user revokes it. */
export async function driveRevocation(origin: string): Promise<void> {
  const temporary = await temporaryCredentials(origin)
  const address = `${origin}/oauth/authorize?oauth_token=${temporary.key}`
  const approved = await decide(address, temporary.key, 'allow')
  const verifier = approved.searchParams.get('oauth_verifier') ?? ''
  const token = await tokenCredentials(origin, temporary, verifier)
  const send = async (method: string, path: string) => (await call(method, origin + path, token)).status
  assert.equal(await send('GET', '/api/me'), 200)
  assert.equal(await send('DELETE', '/api/token'), 204)
  assert.equal(await send('GET', '/api/me'), 401, 'a revoked token is refused')
}

/** The start of every flow. */
export async function temporaryCredentials(origin: string, oauth_callback = callback): Promise<Credentials> {
  return credentials(await post(`${origin}/oauth/initiate`, { oauth_callback }))
}

/** The end of every flow. */
export async function tokenCredentials(
  origin: string,
  temporary: Keys,
  oauth_verifier: string,
): Promise<Credentials> {
  return credentials(await post(`${origin}/oauth/token`, { oauth_verifier }, temporary))
}

/** A signed request without a body. */
export function call(method: string, url: string, token: Keys): Promise<Response> {
  return client.send(method, url, { token })
}

/** The credentials in a response. */
export type Credentials = Keys & { readonly confirmed: string | null }

/**
 * Runs a client of a guide, presses its user's button, and types the code that the page then shows.
 *
 * @param flags - For Node.
 * @returns What its terminal shows.
 */
export async function driveClient(
  script: string,
  origin: string,
  flags: readonly string[] = [],
): Promise<string> {
  const child = spawn(process.execPath, [...flags, script, origin], { stdio: ['pipe', 'pipe', 'inherit'] })
  allowBrokenPipe(child.stdin)
  const ended = once(child, 'exit')
  let output = ''
  for await (const chunk of child.stdout) {
    output += chunk
    const address = /Open (\S+).*type the code here/s.exec(output)?.[1]
    if (address === undefined || child.stdin.writableEnded) continue
    const body = new URLSearchParams({ user: 'ada', decision: 'allow' })
    const page = await (await fetch(address, { method: 'POST', body })).text()
    const typed = `${/<code[^>]*>([^<]+)<\/code>/.exec(page)?.[1]}\n`
    child.stdin.end(typed)
    output += typed
  }
  assert.deepEqual(await ended, [0, null])
  assert.match(output, /\{"userId":"ada"\}/)
  return output
}

async function readMe(origin: string, token: Keys): Promise<void> {
  const url = `${origin}/api/me?q=a%20b&q=%C3%BC`
  const headers = { authorization: client.authorization('GET', url, { token }) }
  const me = await fetch(url, { headers })
  assert.equal(me.status, 200, await me.clone().text())
  assert.deepEqual(await me.json(), { userId: 'ada' })
  const replayed = await fetch(url, { headers })
  assert.equal(replayed.status, 401, 'a replay is refused')
  const unsigned = await fetch(url, { headers: { accept: 'application/json' } })
  assert.equal(unsigned.status, 401)
  assert.equal(unsigned.headers.get('www-authenticate'), 'OAuth realm="OAuth"')
  assert.equal(((await unsigned.json()) as { error: string }).error, 'missing_credentials')
}

async function writeNotes(origin: string, token: Keys): Promise<void> {
  const url = `${origin}/api/notes`
  const text = 'naïve & bold = 100 %'
  const note = await post(url, { text }, token, { text })
  assert.equal(note.status, 201, await note.clone().text())
  assert.deepEqual(await note.json(), { text, userId: 'ada' })
  const altered = await post(url, { text }, token, { text: 'something else' })
  assert.equal(altered.status, 401, 'a form field that was changed on the way is refused')
}

async function deny(origin: string): Promise<void> {
  const temporary = await temporaryCredentials(origin)
  const address = `${origin}/oauth/authorize?oauth_token=${temporary.key}`
  const denied = await decide(address, temporary.key, 'deny')
  assert.equal(denied.searchParams.get('error'), 'access_denied')
  assert.equal((await fetch(address)).status, 401, 'a denied credential is spent')
}

/** A POST signed over `data`: the `oauth_` values go into the header, `form` into the body. */
function post(url: string, data: Record<string, string>, token?: Keys, form = {}): Promise<Response> {
  const headers = { authorization: client.authorization('POST', url, { data, token }) }
  return fetch(url, { method: 'POST', headers, body: new URLSearchParams(form) })
}

async function credentials(response: Response): Promise<Credentials> {
  const text = await response.text()
  assert.equal(response.status, 200, text)
  const form = new URLSearchParams(text)
  return {
    key: form.get('oauth_token') ?? '',
    secret: form.get('oauth_token_secret') ?? '',
    confirmed: form.get('oauth_callback_confirmed'),
  }
}

/** Sends what the browser sends when the user presses a button of the consent page; returns the redirect target. */
async function decide(address: string, oauthToken: string, decision: 'allow' | 'deny'): Promise<URL> {
  const body = new URLSearchParams({ oauth_token: oauthToken, user: 'ada', decision })
  const response = await fetch(address, { method: 'POST', body, redirect: 'manual' })
  assert.equal(response.status, 302, await response.clone().text())
  return new URL(response.headers.get('location') ?? '')
}
