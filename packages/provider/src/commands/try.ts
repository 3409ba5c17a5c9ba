import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import process from 'node:process'
import { createInterface } from 'node:readline/promises'
import {
  builtInSignatureMethods,
  formatAuthorizationHeader,
  percentEncode,
  type SymmetricMethod,
  signatureBaseString,
  splitUrl,
} from 'countersign'
import { InputError } from '../input-error.ts'
import { type Command, optional, required } from './command.ts'

interface Keys {
  readonly key: string
  readonly secret: string
}

interface Credential {
  readonly oauthToken: string
  readonly oauthTokenSecret: string
}

export const tryCommand: Command = {
  summary: 'Go through the flow as a client would, and read /api/me',
  usage: '--key KEY --secret SECRET [--url URL]',
  options: { key: { type: 'string' }, secret: { type: 'string' }, url: { type: 'string' } },
  async run(given) {
    const keys = { key: required(given, 'key'), secret: required(given, 'secret') }
    const url = base(optional(given, 'url') ?? 'http://127.0.0.1:5849')
    const temporary = credential(
      await send(keys, 'POST', `${url}/oauth/initiate`, { oauth_callback: 'oob' }, undefined),
    )
    const page = `${url}/oauth/authorize?oauth_token=${encodeURIComponent(temporary.oauthToken)}`
    process.stdout.write(`Open this page, sign in, and allow:\n\n  ${page}\n\n`)
    const oauthVerifier = await ask('Then type the code that it shows: ')
    const token = credential(
      await send(keys, 'POST', `${url}/oauth/token`, { oauth_verifier: oauthVerifier }, temporary),
    )
    const me = await send(keys, 'GET', `${url}/api/me`, {}, token)
    process.stdout.write(`\nGET /api/me answers:\n${JSON.stringify(JSON.parse(me), null, 2)}\n`)
  },
}

/** The provider's address without a slash at the end, in the spelling that is also sent and signed. */
function base(typed: string): string {
  const url = URL.canParse(typed) ? new URL(typed) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new InputError('url', `--url ${typed} is no address of a provider, such as http://127.0.0.1:5849.`)
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
      `${url} does not answer: ${(error.cause as Error | undefined)?.message ?? error.message}`,
    )
  })
  const text = await answer.text()
  if (answer.ok) return text
  const why = new URLSearchParams(text).get('error_description') ?? text
  throw new InputError('url', `${method} ${url} answered ${answer.status}: ${why}`)
}

function credential(form: string): Credential {
  const pairs = new URLSearchParams(form)
  const [oauthToken, oauthTokenSecret] = [pairs.get('oauth_token'), pairs.get('oauth_token_secret')]
  if (oauthToken === null || oauthTokenSecret === null) {
    throw new InputError('url', 'What answers there is no OAuth 1.0 provider: it gave no token.')
  }
  return { oauthToken, oauthTokenSecret }
}

/** @throws InputError when nothing is typed: the question itself never ends where the input does. */
async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const ended = once(terminal, 'close').then(() => '')
  const text = (await Promise.race([terminal.question(question), ended])).trim()
  terminal.close()
  if (text !== '') return text
  process.stdout.write('\n')
  throw new InputError('code', 'No code was typed. To get another page, start again.')
}
