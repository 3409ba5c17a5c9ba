import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { ThirdParty } from '../../../test/support/third-party.ts'
import { freePort } from '../../provider/test/certificates.ts'
import {
  type Finished,
  type ProviderProcess,
  runCli,
  runProvider,
  temporaryDirectory,
} from '../../provider/test/running-provider.ts'

const pathOf = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const guide = readFileSync(pathOf('../../../docs/leaving-oauth1.md'), 'utf8')

/** A token of the provider, and what it stands for. */
export interface OldToken {
  readonly client: string
  readonly token: string
  readonly secret: string
  readonly user: string
  readonly scope: string
}

/** Every third token stands for more. */
export const tokens: readonly OldToken[] = Array.from({ length: 1000 }, (_, index) => ({
  client: 'album',
  token: `token-${index}`,
  secret: `token secret ${index}`,
  user: `user${index}`,
  scope: index % 3 === 0 ? 'authorizations:read' : '',
}))
/** Of a client that is not paired. */
export const strangers: OldToken = {
  ...{ client: 'stranger', token: 'token-of-stranger', secret: 'its secret', user: 'user7', scope: '' },
}

export const oauth2 = { clientId: 'album-app', clientSecret: 'the secret of the OAuth 2 client' }
const consumers: Record<string, string> = { album: 'secret of album', stranger: 'secret of stranger' }

type Env = Record<string, string>

/** The provider of the guide, whose steps are followed one by one. */
export class Story {
  readonly #directory = temporaryDirectory()
  readonly path = this.#directory.path
  readonly issuer: string
  readonly #env: Env
  #provider: ProviderProcess | undefined
  #oauth2: ChildProcess | undefined

  constructor(port: number) {
    this.issuer = `http://localhost:${port}`
    this.#env = {
      DATABASE_URL: 'sqlite:provider.sqlite',
      ALBUM_SECRET: oauth2.clientSecret,
      API_SECRET: 'the secret of the API',
      PORT: String(port),
    }
  }

  static async begin(): Promise<Story> {
    const story = new Story(await freePort())
    const line = (values: readonly string[]) => `${values.join(',')}\n`
    const clients = Object.entries(consumers).map(([key, secret]) => line([key, secret, key]))
    const rows = [...tokens, strangers].map(({ client, token, secret, user, scope }) =>
      line([client, token, secret, user, scope]),
    )
    writeFileSync(join(story.path, 'clients.csv'), `key,secret,name\n${clients.join('')}`)
    writeFileSync(join(story.path, 'old.csv'), `client,token,secret,user,scope\n${rows.join('')}`)
    await story.command('import --clients clients.csv --tokens old.csv --create-users')
    return story
  }

  /** What the settings of the guide are in this place. */
  #settings(env: Env): Env {
    const { PORT: _, ...shared } = this.#env
    return { ...shared, ...env }
  }

  async command(text: string, env: Env = {}): Promise<Finished> {
    const finished = await runCli(this.path, text.split(' '), { env: this.#settings(env) })
    if (finished.code !== 0) throw new Error(`${text} ended with ${finished.code}: ${finished.stderr}`)
    return finished
  }

  /** Runs a command that the guide has, with these exports of it. */
  follow(command: string, env: Env = {}): Promise<Finished> {
    if (!guide.includes(`\ncountersign ${command}\n`)) throw new Error(`The guide does not say: ${command}`)
    for (const name of Object.keys(env))
      if (!guide.includes(`export ${name}=`)) throw new Error(`The guide does not export ${name}.`)
    return this.command(command.replace('http://localhost:4000', this.issuer), env)
  }

  /** Starts the OAuth 2 server of the guide, or restarts it with other settings. */
  async startOAuth2(more: Env = {}): Promise<void> {
    await this.#stopOAuth2()
    const program = pathOf('../../../examples/leaving-oauth1/oauth2-server.ts')
    const { PATH, HOME } = process.env
    const env = { PATH, HOME, LOG_LEVEL: 'error', ...this.#env, ...more }
    const child = spawn(process.execPath, ['--conditions=countersign-source', program], {
      cwd: this.path,
      env,
    })
    this.#oauth2 = child
    let told = ''
    child.stderr.on('data', (text) => {
      told += text
    })
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (text) => {
        if (String(text).includes('OAuth 2 server at')) resolve()
      })
      child.once('close', (code) => reject(new Error(`The OAuth 2 server ended with ${code}: ${told}`)))
    })
  }

  async #stopOAuth2(): Promise<void> {
    if (this.#oauth2 === undefined || this.#oauth2.exitCode !== null) return
    this.#oauth2.kill()
    await once(this.#oauth2, 'close')
  }

  /** Starts the provider, or restarts it with other settings. */
  async serve(env: Env = {}): Promise<void> {
    await this.#provider?.stop()
    this.#provider = await runProvider(this.path, {
      ...this.#settings(env),
      OAUTH2_ISSUER: this.issuer,
      OAUTH2_INTROSPECTION_CLIENT_ID: 'api',
      OAUTH2_INTROSPECTION_CLIENT_SECRET: String(this.#env['API_SECRET']),
    })
  }

  /** Writes the file of rules of the guide, with these days in place of its own. */
  retirement(days: { readonly announced: string; readonly ends: string; readonly from: string }): void {
    const [, text = ''] = /```json\n(.*?)```/s.exec(guide) ?? []
    const rules = JSON.parse(text)
    Object.assign(rules.rules[0], { announced: days.announced, ends: days.ends })
    rules.rules[0].brownouts[0].from = days.from
    writeFileSync(join(this.path, 'retirement.json'), JSON.stringify(rules))
  }

  /** A request to the provider that a real OAuth 1.0 client signs. */
  signed({ client, token, secret }: OldToken, path = '/api/me'): Promise<Response> {
    const url = this.#provider?.url + path
    return fetch(url, { headers: { authorization: authorization('GET', url, client, token, secret) } })
  }

  bearer(accessToken: string, path = '/api/me'): Promise<Response> {
    const headers = { authorization: `Bearer ${accessToken}` }
    return fetch(this.#provider?.url + path, { headers })
  }

  /** The header of a signed exchange, to be sent as often as one likes. */
  signedExchange({ client, token, secret }: OldToken, signedFor = this.issuer): () => Promise<Response> {
    const url = `${this.issuer}/exchange`
    const headers = { authorization: authorization('POST', `${signedFor}/exchange`, client, token, secret) }
    return () => fetch(url, { method: 'POST', headers })
  }

  /** A request to the token endpoint or another one below it, by the partner's OAuth 2 client. */
  token(parameters: Env, path = '/token'): Promise<Response> {
    const { clientId, clientSecret } = oauth2
    const body = new URLSearchParams({ client_id: clientId, client_secret: clientSecret, ...parameters })
    return fetch(this.issuer + path, { method: 'POST', body })
  }

  /** The exchange of one token. */
  exchange({ token, secret }: Pick<OldToken, 'token' | 'secret'>, more: Env = {}): Promise<Response> {
    return this.token({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: token,
      subject_token_type: 'urn:countersign:params:oauth:token-type:oauth1_token',
      oauth_token_secret: secret,
      ...more,
    })
  }

  /** The lines of a file that the partner's command writes; none where there is no such file yet. */
  lines(file: string): Record<string, string>[] {
    const path = join(this.path, file)
    if (!existsSync(path)) return []
    const whole = readFileSync(path, 'utf8').split('\n').slice(0, -1)
    return whole.map((line) => JSON.parse(line))
  }

  /** The partner's command, killed as soon as it has moved so many. */
  async killedExchange(command: string, moved: number): Promise<void> {
    const main = pathOf('../src/main.ts')
    const args = command.replace('http://localhost:4000', this.issuer).split(' ')
    const { PATH, HOME } = process.env
    const env = { PATH, HOME, COUNTERSIGN_OAUTH2_CLIENT_SECRET: oauth2.clientSecret }
    const child = spawn(process.execPath, ['--conditions=countersign-source', main, ...args], {
      cwd: this.path,
      env,
      stdio: 'ignore',
    })
    const closed = once(child, 'close')
    while (child.exitCode === null && this.lines('oauth2.jsonl').length < moved)
      await new Promise((resolve) => setTimeout(resolve, 5))
    child.kill('SIGKILL')
    await closed
    if (child.signalCode !== 'SIGKILL') throw new Error('The command ended before it was killed.')
  }

  async end(): Promise<void> {
    await this.#provider?.stop()
    await this.#stopOAuth2()
    this.#directory.remove()
  }
}

/** By oauth-1.0a, as many partners' servers sign. */
function authorization(method: string, url: string, client: string, key: string, secret: string): string {
  const signer = new ThirdParty({ key: client, secret: String(consumers[client]) })
  return signer.authorization(method, url, { token: { key, secret } })
}
