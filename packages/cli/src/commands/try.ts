import process from 'node:process'
import { OAuth1Client, OAuth1ClientError } from 'countersign/client'
import { type Command, optional, required } from '../command.ts'
import { type Prompt, withPrompt } from '../prompt.ts'
import { InputError } from '../provider.ts'
import { clientSecret, readSecret, secretOptions } from '../secret.ts'

export const tryFlow: Command = {
  name: 'try',
  summary: 'Run the whole flow as a client, then read /api/me',
  options: [
    { flags: '--key KEY', summary: 'The key of the client', required: true },
    ...secretOptions(clientSecret),
    { flags: '--url URL', summary: 'The address of the provider (default: http://127.0.0.1:5849)' },
  ],
  examples: ['try --key KEY', 'try --key KEY --url https://oauth.example.com'],
  async run(given) {
    const key = required(given, 'key')
    const url = base(optional(given, 'url') ?? 'http://127.0.0.1:5849')
    await withPrompt(async (prompt) => {
      const secret = await readSecret(given, clientSecret, prompt)
      await goThrough(key, secret, url, prompt)
    })
  },
}

async function goThrough(
  clientId: string,
  clientSecret: string,
  url: string,
  prompt: () => Prompt,
): Promise<void> {
  const endpoints = {
    initiate: `${url}/oauth/initiate`,
    authorize: `${url}/oauth/authorize`,
    token: `${url}/oauth/token`,
  }
  const client = new OAuth1Client({ clientId, clientSecret, endpoints })
  const temporary = await told(url, client.requestTemporaryCredential())
  const page = client.authorizationUrl(temporary)
  process.stdout.write(`Open this page, sign in, and allow:\n\n  ${page}\n\n`)
  const oauthVerifier = await prompt().ask('Then type the code that it shows: ')
  if (oauthVerifier === '')
    throw new InputError('code', 'No code was typed. Run the command again to get another page.')
  const token = await told(url, client.requestToken(temporary, oauthVerifier))
  const me = await client.withToken(token).fetch(`${url}/api/me`)
  const content = await me.text()
  if (!me.ok) throw new InputError('url', `GET ${url}/api/me returned ${me.status}: ${content}`)
  process.stdout.write(`\nGET /api/me returns:\n${JSON.stringify(JSON.parse(content), null, 2)}\n`)
}

/** The provider's address without a trailing slash, in the spelling that is also sent and signed. */
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

/** The client's result. @throws InputError with the provider's message when it refused. */
async function told<T>(url: string, issued: Promise<T>): Promise<T> {
  try {
    return await issued
  } catch (error) {
    if (!(error instanceof OAuth1ClientError)) throw error
    const isOther = error.code === 'invalid_response' || error.code === 'callback_not_confirmed'
    const other = `${url} is not an OAuth 1.0 provider: its response holds no token.`
    throw new InputError('url', isOther ? other : error.message)
  }
}
