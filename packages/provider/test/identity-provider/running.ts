import { fork } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { unescapeHtml } from '../visitor.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const clientSecret = 'a secret with a space & more'

/** The company's identity provider, in a process of its own. */
export interface RunningIdentityProvider {
  /** What a provider is set with that signs in there. */
  readonly settings: Readonly<Record<'issuer' | 'clientId' | 'clientSecret', string>>
  /** Registers the addresses that browsers may be sent back to. */
  allow(redirectUris: readonly string[]): Promise<void>
  stop(): Promise<void>
}

/** @param port - The one of a process before, which is up again. */
export async function runIdentityProvider(port = 0): Promise<RunningIdentityProvider> {
  const child = fork(main, [], {
    env: { PATH: process.env['PATH'], PORT: String(port), CLIENT_SECRET: clientSecret },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  // It warns that its pages are for development, which this is.
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    if (!text.includes('devInteractions')) process.stderr.write(text)
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
  const [{ issuer, clientId }] = (await once(child, 'message')) as [{ issuer: string; clientId: string }]
  return {
    settings: { issuer, clientId, clientSecret },
    async allow(redirectUris) {
      child.send([...redirectUris])
      await once(child, 'message')
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

/** A browser at the identity provider: it keeps its cookies there. */
export class Stay {
  readonly #cookies = new Map<string, string>()

  /**
   * Follows a sign-in, as the person of that name or as whoever is signed in there, until the browser is sent back.
   *
   * @returns The address that it is sent back to.
   */
  async signIn(location: string, login: string): Promise<URL> {
    return this.#through(location, (page) => ({ path: submitOf(page), fields: fieldsOf(page, login) }))
  }

  /** Goes away at the first question. */
  async deny(location: string): Promise<URL> {
    return this.#through(location, (page) => ({ path: /href="([^"]*\/abort)"/.exec(page)?.[1] ?? '' }))
  }

  async #through(
    location: string,
    next: (page: string) => { path: string; fields?: Record<string, string> },
  ): Promise<URL> {
    const { origin } = new URL(location)
    let url = new URL(location)
    let init: RequestInit = {}
    for (let hops = 0; hops < 12; hops++) {
      if (url.origin !== origin) return url
      const response = await fetch(url, { ...init, headers: this.#headers(), redirect: 'manual' })
      for (const cookie of response.headers.getSetCookie()) this.#keep(cookie)
      const to = response.headers.get('location')
      if (to !== null) {
        url = new URL(to, url)
        init = {}
        continue
      }
      const page = await response.text()
      const { path, fields } = next(page)
      if (response.status !== 200 || path === '')
        throw new Error(`${url} returned ${response.status}:\n${page.replace(/<style>.*?<\/style>/s, '')}`)
      url = new URL(unescapeHtml(path), url)
      init = fields === undefined ? {} : { method: 'POST', body: new URLSearchParams(fields) }
    }
    throw new Error(`Too many redirects from ${location}.`)
  }

  #headers(): Record<string, string> {
    return { cookie: [...this.#cookies].map((pair) => pair.join('=')).join('; ') }
  }

  #keep(cookie: string): void {
    const [name = '', ...value] = (cookie.split(';', 1)[0] as string).split('=')
    if (/expires=Thu, 01 Jan 1970/i.test(cookie)) this.#cookies.delete(name)
    else this.#cookies.set(name, value.join('='))
  }
}

function submitOf(page: string): string {
  return /<form [^>]*action="([^"]*)"/.exec(page)?.[1] ?? ''
}

function fieldsOf(page: string, login: string): Record<string, string> {
  const prompt = /name="prompt" value="([^"]*)"/.exec(page)?.[1] ?? ''
  return prompt === 'login' ? { prompt, login, password: 'any' } : { prompt }
}
