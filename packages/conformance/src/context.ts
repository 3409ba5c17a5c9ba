import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { Browser } from './browser/browser.ts'
import type { Exchange, WireRequest } from './http/message.ts'
import { connections, NoResponse, send } from './http/send.ts'
import { type Draft, sign } from './signing.ts'
import type { Keys, Target, UserDecision } from './target.ts'
import { Failure, Skip } from './verdict.ts'

/** The shared state of all cases in a run. */
export class Context {
  readonly target: Target
  readonly timeoutSeconds: number
  /** Secrets that a report must not show. */
  readonly secrets: Set<string>
  /** The test user's browser. */
  readonly browser: Browser
  readonly secondBrowser: Browser
  /** The last exchange of the current case. */
  last: Exchange | undefined
  /** The token that the cases about protected requests share. */
  sharedToken: Keys | undefined
  /** Whether the protected resource knows a method, by its name. */
  readonly resourceMethods = new Map<string, boolean>()
  /** Whether the flow was ever completed; after that, a failing step is a finding. */
  flow: 'untried' | 'broken' | 'works' = 'untried'

  constructor(target: Target, timeoutSeconds: number) {
    this.target = target
    this.timeoutSeconds = timeoutSeconds
    this.secrets = new Set(secretsOf(target))
    this.browser = new Browser((request) => this.send(request))
    this.secondBrowser = new Browser((request) => this.send(request))
  }

  /** @throws Failure when no response comes in time. */
  async send(request: WireRequest, socket?: Socket): Promise<Exchange> {
    this.last = { request, response: undefined }
    try {
      const response = await send(request, this.timeoutSeconds, socket)
      // A report must not show it, whatever a case does with it.
      const secret = new URLSearchParams(response.body).get('oauth_token_secret')
      if (secret) this.secrets.add(secret)
      const exchange = { request, response }
      this.last = exchange
      return exchange
    } catch (error) {
      if (!(error instanceof NoResponse)) throw error
      throw new Failure('a response', error.message, { request, response: undefined })
    }
  }

  /** Sends requests to one address at once, each over a connection that is already open. */
  async race(requests: readonly [WireRequest, ...WireRequest[]]): Promise<Exchange[]> {
    const [first] = requests
    const sockets = await this.#connections(first, requests.length)
    return Promise.all(requests.map((request, at) => this.send(request, sockets[at])))
  }

  async #connections(request: WireRequest, count: number): Promise<Socket[]> {
    try {
      return await connections(request.url, count, this.timeoutSeconds)
    } catch (error) {
      if (!(error instanceof NoResponse)) throw error
      throw new Failure(`${count} connections`, error.message, { request, response: undefined })
    }
  }

  /** The signature method of the cases that do not test methods. */
  get method(): string {
    const { signatureMethods: [first = 'HMAC-SHA1', ...others] = [] } = this.target
    return [first, ...others].find((method) => method.startsWith('HMAC-')) ?? first
  }

  /** Signs with the first client and the usual method, unless the draft says otherwise. */
  sign(draft: Partial<Draft> & Pick<Draft, 'url'>): WireRequest {
    return sign({ method: 'GET', client: this.target.client, signatureMethod: this.method, ...draft })
  }

  /** @throws Skip */
  get secondClient(): Keys {
    const { secondClient } = this.target
    if (secondClient === undefined) throw new Skip('no second client is given (secondClient)')
    return secondClient
  }

  /** A name that no provider knows. */
  unknown(): string {
    return `unknown-${randomBytes(9).toString('hex')}`
  }
}

function secretsOf({ client, secondClient, rsaClient, approve, deny, approveAsSecond }: Target): string[] {
  const typed = [approve, deny, approveAsSecond].flatMap((decision) => valuesTyped(decision))
  const ofClients = [client.secret, secondClient?.secret, rsaClient?.privateKey]
  return [...typed, ...ofClients].filter((secret): secret is string => secret !== undefined && secret !== '')
}

/** Passwords, by the names of their fields: `yes` in a checkbox is no secret. */
function valuesTyped(decision: UserDecision | undefined): string[] {
  if (decision === undefined || 'command' in decision) return []
  const values = decision.forms.flatMap(({ fields = {} }) => Object.entries(fields))
  return values.filter(([name]) => /pass|pin|secret|code/i.test(name)).map(([, value]) => value)
}
