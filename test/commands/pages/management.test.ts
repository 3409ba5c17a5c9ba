import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, it } from 'vitest'
import { app, csvOf, runExchangeServer } from '../../../packages/cli/test/exchange-server.ts'
import { listen } from '../../../packages/countersign/test/adapters/listen.ts'
import { available } from '../../../packages/countersign/test/services.ts'
import { readGuide } from '../../docs/guide.ts'
import { ThirdParty } from '../../support/third-party.ts'
import { commandsOf } from './command-blocks.ts'
import { PageShell } from './page-shell.ts'

const page = 'packages/cli/README.md'
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** In a folder of its own, with what the pages suppose. */
function openShell(env: Readonly<Record<string, string>> = {}): PageShell {
  const shell = new PageShell(env)
  ends.push(() => shell.close())
  return shell
}

describe.runIf(await available('shell'))('the commands of the pages', () => {
  it('the commands of the command line for users, clients and tokens', async () => {
    const [scopes = ''] = commandsOf('packages/provider/README.md', "SCOPES='photos:read")
    const shell = openShell({ COUNTERSIGN_PASSWORD: 'correct horse battery' })
    shell.write('password.txt', 'another horse battery\n')
    shell.write('secret.txt', 'secret-of-the-client\n')
    shell.write('token-secret.txt', 'secret-of-the-token\n')
    shell.write('policy.json', '{ "supportedSignatureMethods": ["HMAC-SHA256"] }')
    const lines = commandsOf(page, 'npx @countersign/cli user add anna')
    const at = lines.findIndex((line) => line.includes(' KEY '))
    await shell.run(lines.slice(0, at))
    // These give the client and the token the names that the others use.
    await shell.run(commandsOf(page, 'npx @countersign/cli client add Album --key KEY'))
    const rest = [`export ${scopes}`, ...lines.slice(at, -1), `${lines.at(-1)} --yes`]
    const { stdout } = await shell.run(rest)
    expect(stdout).toContain('photos-app')
    await shell.run(commandsOf('docs/bridge.md', 'npx @countersign/cli client pair'))
    const { stdout: left } = await shell.run(['npx @countersign/cli token list --json'])
    expect(JSON.parse(left)).toEqual([])
  })

  it('the commands of the pages about scopes, rotation and revocation', async () => {
    const [scopes = ''] = commandsOf('docs/scopes.md', "SCOPES='photos:read")
    const shell = openShell({ COUNTERSIGN_PASSWORD: 'correct horse battery' })
    shell.write('secret.txt', 'secret-of-the-client\n')
    shell.write('token-secret.txt', 'secret-of-the-token\n')
    await shell.run([
      'npx @countersign/cli user add anna',
      ...commandsOf(page, 'npx @countersign/cli client add Album --key KEY'),
      ...commandsOf('docs/recipes/rotation.md', 'npx @countersign/cli client rotate KEY'),
      `export ${scopes}`,
      'npx @countersign/cli token add --client KEY --user anna --scope photos:write',
    ])
    const [one = '', ...rest] = commandsOf('docs/revoking.md', 'npx @countersign/cli token revoke TOKEN')
    const tokens = async () =>
      JSON.parse((await shell.run(['npx @countersign/cli token list --json'])).stdout)
    expect(await tokens()).toHaveLength(2)
    await shell.run([one])
    expect(await tokens()).toMatchObject([{ scope: 'photos:write' }])
    await shell.run(rest.map((line) => (line.endsWith(' --yes') ? line : `${line} --yes`)))
    expect(await tokens()).toEqual([])
  })

  it('the commands that import clients and tokens', async () => {
    const shell = openShell({ COUNTERSIGN_PASSWORD: 'correct horse battery' })
    const old = join(shell.path, 'old.sqlite')
    const database = new DatabaseSync(old)
    database.exec(`
    create table client (client_id text, client_secret text, default_redirect_uri text, user_id integer);
    create table token_credential (client_id text, oauth_token text, oauth_token_secret text, user_id integer);
    create table user (id integer primary key, username text);
    insert into user values (7, 'ada');
    insert into client values ('old-client', 'its secret', 'https://album.example/cb', 7);
    insert into token_credential values ('old-client', 'old-token', 'its secret', 7);
  `)
    database.close()
    shell.write('clients.csv', 'key,secret,name\nprinter,printer-secret-1,Printer\n')
    shell.write('tokens.jsonl', '{"client":"printer","token":"t1","secret":"s1","user":"7"}\n')
    shell.write('users.csv', '7,ada\n')
    await shell.run(['npx @countersign/cli user add ada'])
    const server = ['postgres://reader@db.example/old', old] as const
    const lines = commandsOf(page, 'npx @countersign/cli import')
    await shell.run(lines, { names: [server, ['/var/lib/old/provider.sqlite', old]] })
    const { stdout } = await shell.run(commandsOf('docs/from-authlib.md', 'npx @countersign/cli import'), {
      names: [server],
    })
    expect(stdout).toMatch(/Nothing was written: this was a dry run\..+^tokens +0 +0 +1 .+^Written\.$/ms)
  })

  it('the commands that move tokens to OAuth 2', async () => {
    const server = await runExchangeServer(3)
    ends.push(server.close)
    const base = ['https://auth.example.com', server.base] as const
    const env = { COUNTERSIGN_OAUTH2_CLIENT_SECRET: app.clientSecret }
    const run = async (lines: readonly string[]) => {
      const shell = openShell()
      shell.write('tokens.csv', csvOf(server.tokens))
      await shell.run(lines, { names: [base], env })
      return readFileSync(join(shell.path, 'oauth2.jsonl'), 'utf8').trim().split('\n').length
    }
    expect(await run(commandsOf(page, 'export COUNTERSIGN_OAUTH2_CLIENT_SECRET'))).toBe(3)
    server.intercept((res, req) => {
      if (req.url !== '/.well-known/oauth-authorization-server') return false
      res.end(JSON.stringify({ issuer: server.base, token_endpoint: `${server.base}/token` }))
      return true
    })
    expect(await run(commandsOf('docs/bridge.md', 'export COUNTERSIGN_OAUTH2_CLIENT_SECRET'))).toBe(3)
  })

  it('the commands that explain, sign and send a request', async () => {
    const shell = openShell({
      COUNTERSIGN_CLIENT_SECRET: 'secret of the client',
      COUNTERSIGN_TOKEN_SECRET: 'secret of the token',
    })
    const client = new ThirdParty({ key: 'printer', secret: 'secret of the client' })
    const token = { key: 'token', secret: 'secret of the token' }
    const authorization = client.authorization('GET', 'https://api.example.com/photos', { token })
    shell.write('request.txt', `curl -H 'Authorization: ${authorization}' http://api.example.com/photos\n`)
    const { stdout } = await shell.run(
      commandsOf(page, 'export COUNTERSIGN_CLIENT_SECRET COUNTERSIGN_TOKEN_SECRET'),
      {
        code: 3,
      },
    )
    const { steps } = await readGuide('packages/cli/README')
    const output = steps.find(({ kind }) => kind === 'output')
    const parts = (output?.kind === 'output' ? output.text : '').split('…\n')
    expect(parts).toHaveLength(2)
    // The page has the lines of a terminal, which is narrower than a file.
    const flat = (text: string) => text.replace(/\s+/g, ' ')
    for (const part of parts) expect(flat(stdout)).toContain(flat(part))

    const seen: string[] = []
    const { base, close } = await listen(
      createServer((req, res) => {
        seen.push(`${req.method} ${req.url} ${req.headers.authorization === undefined}`)
        res.end()
      }),
    )
    ends.push(close)
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    shell.write('key.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }) as string)
    await shell.run(commandsOf(page, 'npx @countersign/cli sign'), {
      names: [['https://api.example.com', base]],
    })
    expect(seen).toEqual(['GET /photos false', 'POST /photos true', 'DELETE /photos/7 false'])
  })
})
