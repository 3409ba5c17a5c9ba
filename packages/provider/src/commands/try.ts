import { randomBytes } from 'node:crypto'
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
    const url = (optional(given, 'url') ?? 'http://127.0.0.1:5849').replace(/\/+$/, '')
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
  return {
    oauthToken: pairs.get('oauth_token') ?? '',
    oauthTokenSecret: pairs.get('oauth_token_secret') ?? '',
  }
}

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    return (await terminal.question(question)).trim()
  } finally {
    terminal.close()
  }
}
