import process from 'node:process'
import { text } from 'node:stream/consumers'
import { InputError } from '@countersign/provider'
import { type Command, optional, required } from '../command.ts'
import { send } from '../http-client.ts'
import { type Prompt, withPrompt } from '../prompt.ts'
import { clientSecret, readSecret, secretOptions } from '../secret.ts'
import { signedRequest } from '../signed-request.ts'

interface Keys {
  readonly key: string
  readonly secret: string
}

interface Credential {
  readonly oauthToken: string
  readonly oauthTokenSecret: string
}

export const tryFlow: Command = {
  name: 'try',
  summary: 'Go through the whole flow as a client, then read /api/me',
  options: [
    { flags: '--key KEY', summary: 'The key of the client', required: true },
    ...secretOptions(clientSecret),
    { flags: '--url URL', summary: 'The address of the provider (default: http://127.0.0.1:5849)' },
  ],
  async run(given) {
    const key = required(given, 'key')
    const url = base(optional(given, 'url') ?? 'http://127.0.0.1:5849')
    await withPrompt(async (prompt) => {
      const secret = await readSecret(given, clientSecret, prompt)
      await goThrough({ key, secret }, url, prompt)
    })
  },
}

async function goThrough(keys: Keys, url: string, prompt: () => Prompt): Promise<void> {
  const temporary = credential(
    await resourceOf(keys, 'POST', `${url}/oauth/initiate`, { oauth_callback: 'oob' }, undefined),
    url,
  )
  const page = `${url}/oauth/authorize?oauth_token=${encodeURIComponent(temporary.oauthToken)}`
  process.stdout.write(`Open this page, sign in, and allow:\n\n  ${page}\n\n`)
  const oauthVerifier = await prompt().ask('Then type the code that it shows: ')
  if (oauthVerifier === '')
    throw new InputError('code', 'No code was typed. Run the command again to get another page.')
  const token = credential(
    await resourceOf(keys, 'POST', `${url}/oauth/token`, { oauth_verifier: oauthVerifier }, temporary),
    url,
  )
  const me = await resourceOf(keys, 'GET', `${url}/api/me`, {}, token)
  process.stdout.write(`\nGET /api/me returns:\n${JSON.stringify(JSON.parse(me), null, 2)}\n`)
}

/** The provider's address without a slash at the end, in the spelling that is also sent and signed. */
function base(typed: string): string {
  const url = URL.canParse(typed) ? new URL(typed) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new InputError(
      'url',
      `--url ${typed} is not the address of a provider, such as http://127.0.0.1:5849.`,
    )
  }
  return url.origin + url.pathname.replace(/\/+$/, '')
}

/** What a request signed with HMAC-SHA1 in the header returns. @throws InputError with the answer when it is refused. */
async function resourceOf(
  { key, secret }: Keys,
  method: string,
  url: string,
  oauth: Readonly<Record<string, string>>,
  token: Credential | undefined,
): Promise<string> {
  const keys = {
    clientId: key,
    clientSecret: secret,
    oauthToken: token?.oauthToken,
    tokenSecret: token?.oauthTokenSecret,
  }
  const { authorization = '' } = signedRequest(keys, { method, url, oauth })
  const answer = await send({ method, url, headers: { authorization } })
  const content = await text(answer)
  const { statusCode = 0 } = answer
  if (statusCode >= 200 && statusCode < 300) return content
  throw new InputError('url', `${method} ${url} returned ${statusCode}: ${descriptionOf(content)}`)
}

/** Token endpoints tell errors as a form, resources as JSON. */
function descriptionOf(text: string): string {
  const form = new URLSearchParams(text).get('error_description')
  if (form !== null) return form
  try {
    return String(JSON.parse(text).error_description ?? text)
  } catch {
    return text
  }
}

function credential(form: string, url: string): Credential {
  const pairs = new URLSearchParams(form)
  const [oauthToken, oauthTokenSecret] = [pairs.get('oauth_token'), pairs.get('oauth_token_secret')]
  if (oauthToken === null || oauthTokenSecret === null) {
    throw new InputError('url', `${url} is not an OAuth 1.0 provider: its response holds no token.`)
  }
  return { oauthToken, oauthTokenSecret }
}
