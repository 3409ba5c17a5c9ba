import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect } from 'vitest'
import { temporaryDirectory } from '../../provider/test/running-provider.ts'
import { app, client, csvOf, type ExchangeServer, runExchangeServer } from './exchange-server.ts'
import { runHere } from './in-process.ts'

/** What a test started, to be ended after it. */
export const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

export const env = {
  COUNTERSIGN_OAUTH2_CLIENT_SECRET: app.clientSecret,
  COUNTERSIGN_CLIENT_SECRET: client.clientSecret,
}
export const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')

/** A server, a file of its tokens, and the command over them. */
export async function setting(count: number) {
  const server = await runExchangeServer(count)
  const { path, remove } = temporaryDirectory()
  ends.push(remove, server.close)
  const [tokens, out, failed] = ['tokens.csv', 'out.jsonl', 'failed.jsonl'].map((name) =>
    join(path, name),
  ) as [string, string, string]
  writeFileSync(tokens, csvOf(server.tokens))
  const files = ['--tokens', tokens, '--out', out, '--failed', failed]
  const usual = ['--endpoint', `${server.base}/token`, '--client-id', app.clientId]
  const args = (...more: readonly string[]) => ['exchange', ...files, ...usual, ...more]
  return {
    server,
    path,
    tokens,
    out,
    failed,
    files,
    args,
    run: (...more: readonly string[]) => runHere(args(...more), env),
    moved: () => linesOf(out),
    refused: () => linesOf(failed),
  }
}

/** The contents of a file of complete JSON lines. */
export function linesOf(file: string): Record<string, unknown>[] {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  expect(text === '' || text.endsWith('\n')).toBe(true)
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

/** Every token has one line, and what stands there is the only valid pair of it. */
export function expectAllMoved(server: ExchangeServer, lines: readonly Record<string, unknown>[]) {
  expect(lines.map(({ access_token: token }) => token).sort()).toEqual(server.valid())
  expect(lines.map(({ token_sha256: hash }) => hash).sort()).toEqual(
    server.tokens.map(({ oauthToken }) => hashOf(oauthToken)).sort(),
  )
}
