import { randomBytes } from 'node:crypto'
import process from 'node:process'
import { InputError } from '@countersign/provider'
import { builtInSignatureMethods, type SymmetricMethod } from 'countersign'
import { formatAuthorizationHeader, percentEncode, signatureBaseString, splitUrl } from 'countersign/protocol'
import { type Command, optional, required } from '../command.ts'
import { Prompt } from '../prompt.ts'
import { readSecret, secretOptions } from '../secret.ts'

interface Keys {
  readonly key: string
  readonly secret: string
}

interface Credential {
  readonly oauthToken: string
  readonly oauthTokenSecret: string
}

const clientSecret = { option: 'secret', variable: 'COUNTERSIGN_CLIENT_SECRET', title: 'Client secret' }

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
    let opened: Prompt | undefined
    const prompt = () => {
      opened ??= new Prompt()
      return opened
    }
    try {
      const secret = await readSecret(given, clientSecret, prompt)
      await goThrough({ key, secret }, url, prompt)
    } finally {
      opened?.close()
    }
  },
}

async function goThrough(keys: Keys, url: string, prompt: () => Prompt): Promise<void> {
  const temporary = credential(
    await send(keys, 'POST', `${url}/oauth/initiate`, { oauth_callback: 'oob' }, undefined),
    url,
  )
  const page = `${url}/oauth/authorize?oauth_token=${encodeURIComponent(temporary.oauthToken)}`
  process.stdout.write(`Open this page, sign in, and allow:\n\n  ${page}\n\n`)
  const oauthVerifier = await prompt().ask('Then type the code that it shows: ')
  if (oauthVerifier === '')
    throw new InputError('code', 'No code was typed. Run the command again to get another page.')
  const token = credential(
    await send(keys, 'POST', `${url}/oauth/token`, { oauth_verifier: oauthVerifier }, temporary),
    url,
  )
  const me = await send(keys, 'GET', `${url}/api/me`, {}, token)
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

/** Sends one request signed with HMAC-SHA1 in the header. @throws InputError with the answer when it is refused. */
async function send(
  { key, secret }: Keys,
  method: string,
  url: string,
  more: Readonly<Record<string, string>>,
  token: Credential | undefined,
): Promise<string> {
  const parameters: [string, string][] = Object.entries({
    oauth_consumer_key: key,
    oauth_nonce: randomBytes(16).toString('hex'),
    oauth_signature_method: 'HMAC-SHA1',
    oauth_timestamp: String(Math.floor(Date.now() / 1000)),
    ...(token ? { oauth_token: token.oauthToken } : {}),
    ...more,
  })
  const encoded = parameters.map(([name, value]) => ({
    name: percentEncode(name),
    value: percentEncode(value),
  }))
  const signature = (builtInSignatureMethods['HMAC-SHA1'] as SymmetricMethod).sign({
    baseString: signatureBaseString(method, splitUrl(url).baseUri, encoded),
    clientSecret: secret,
    tokenSecret: token?.oauthTokenSecret ?? '',
  })
  const authorization = formatAuthorizationHeader([...parameters, ['oauth_signature', signature]])
  const answer = await fetch(url, { method, headers: { authorization } }).catch((error: Error) => {
    throw new InputError(
      'url',
      `${url} cannot be reached: ${(error.cause as Error | undefined)?.message ?? error.message}`,
    )
  })
  const text = await answer.text()
  if (answer.ok) return text
  throw new InputError('url', `${method} ${url} returned ${answer.status}: ${descriptionOf(text)}`)
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
