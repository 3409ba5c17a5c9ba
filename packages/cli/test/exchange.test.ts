import {
  appendFileSync,
  existsSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { TokenCredential } from 'countersign'
import { expect, it } from 'vitest'
import { checkedTokens } from '../src/exchange/token-file.ts'
import { client, csvOf } from './exchange-server.ts'
import { env, expectAllMoved, hashOf, setting } from './exchange-setting.ts'
import { runHere } from './in-process.ts'

it('moves every token, names it by its hash, and keeps the file from other users', async () => {
  const { run, server, out, moved } = await setting(50)
  const { code, stdout, stderr } = await run()
  // On a slow machine it says in between how far it is.
  expect([code, stderr.replace(/^\d+ of 50, .*\n/gm, '')]).toEqual([0, ''])
  expect(stdout).toBe('50 tokens in the file\n50 moved, 50 of them now\n')
  expectAllMoved(server, moved())
  expect(statSync(out).mode & 0o777).toBe(0o600)
  const [first] = server.tokens as [TokenCredential]
  expect(moved().find(({ token_sha256: hash }) => hash === hashOf(first.oauthToken))).toEqual({
    token_sha256: hashOf(first.oauthToken),
    client: client.clientId,
    user: 'user-1',
    access_token: expect.stringContaining('access-t0000'),
    refresh_token: expect.any(String),
    issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    token_type: 'Bearer',
    expires_in: 3600,
    scope: 'photos.read',
    exchanged_at: expect.any(Number),
  })
  expect(readFileSync(out, 'utf8')).not.toContain('old-secret')
})

it('does nothing the second time', async () => {
  const { run, server, out } = await setting(20)
  await run()
  const before = readFileSync(out, 'utf8')
  const { code, stdout } = await run('--json')
  expect([code, JSON.parse(stdout)]).toEqual([
    0,
    { tokens: 20, moved: 20, movedNow: 0, signInAgain: 0, left: 0, dryRun: false },
  ])
  expect([readFileSync(out, 'utf8'), server.requests.length]).toEqual([before, 20])
})

it('a line that was cut off in the middle is removed, and its token is exchanged again', async () => {
  const { run, server, out, moved } = await setting(20)
  await run()
  truncateSync(out, statSync(out).size - 30)
  expect((await run()).stdout).toContain('20 moved, 1 of them now')
  expectAllMoved(server, moved())
})

it('a last line that lacks its line break alone is kept', async () => {
  const { run, server, out, moved } = await setting(20)
  await run()
  truncateSync(out, statSync(out).size - 1)
  expect((await run()).stdout).toContain('20 moved, 0 of them now')
  expect(server.exchanges.length).toBe(20)
  expectAllMoved(server, moved())
})

it.each(['a secret', '{"key":1}\n', '\n'])('a file of another kind, %j, is left alone', async (content) => {
  const { run, out, server } = await setting(1)
  writeFileSync(out, content)
  const { code, stderr } = await run()
  expect([code, readFileSync(out, 'utf8'), server.requests]).toEqual([1, content, []])
  expect(stderr).toContain('is not one that this command writes')
})

it('revoked tokens, wrong secrets and unknown tokens are listed by six characters, and not asked for again', async () => {
  const { run, server, tokens, refused, moved, failed } = await setting(20)
  const [first, second] = server.tokens as [TokenCredential, TokenCredential]
  await server.revoke(first.oauthToken)
  appendFileSync(tokens, 'printer,unknown-token,unknown-secret,zoe\n')
  const text = readFileSync(tokens, 'utf8').replace(second.oauthTokenSecret, 'wrong-secret')
  writeFileSync(tokens, text)
  const { code, stdout, stderr } = await run('--concurrency', '1')
  expect([code, stderr]).toEqual([3, ''])
  expect(stdout).toContain('18 moved, 18 of them now\n3 whose users must sign in again\n')
  const entry = (token: string, user: string) => ({
    token_sha256: hashOf(token),
    token: `${token.slice(0, 6)}…`,
    client: 'printer',
    user,
    error: 'invalid_grant',
    refused_at: expect.any(Number),
  })
  expect(refused()).toEqual([
    entry(first.oauthToken, 'user-1'),
    entry(second.oauthToken, 'user-2'),
    entry('unknown-token', 'zoe'),
  ])
  expect(statSync(failed).mode & 0o777).toBe(0o600)
  expect(moved().length).toBe(18)
  const asked = server.requests.length
  expect((await run()).code).toBe(3)
  expect(server.requests.length).toBe(asked)
})

it('a client that is not paired does not make every user sign in again', async () => {
  const { run, server, refused, out } = await setting(40)
  for (const { oauthToken } of server.tokens) await server.revoke(oauthToken)
  const { code, stderr } = await run()
  expect([code, refused()]).toEqual([1, []])
  expect(stderr).toMatch(/the first 2[5-8] tokens were all refused \(400: invalid_grant/)
  expect((await run('--refusals', '100')).code).toBe(3)
  expect([refused().length, readFileSync(out, 'utf8')]).toEqual([40, ''])
})

it('a client that is no longer paired in the middle of a run makes no user sign in again', async () => {
  const { run, server, refused, moved } = await setting(60)
  for (const { oauthToken } of server.tokens.slice(10)) await server.revoke(oauthToken)
  const { code, stderr } = await run()
  expect([code, moved().length]).toEqual([1, 10])
  // Those whose refusal came before the response to the last valid token.
  expect(refused().length).toBeLessThanOrEqual(3)
  expect(stderr).toMatch(/the last 2[5-8] tokens were all refused \(400: invalid_grant/)
  expect((await run('--refusals', '100')).code).toBe(3)
  expect([moved().length, refused().length]).toEqual([10, 50])
})

it("a server's fields neither come before the hash nor replace it", async () => {
  const { run, server, moved } = await setting(2)
  server.intercept((res) => {
    res.end('{"0":"first","token_sha256":"theirs","access_token":"a","token_type":"Bearer"}')
    return true
  })
  expect((await run()).code).toBe(0)
  expect(
    moved()
      .map(({ token_sha256: hash }) => hash)
      .sort(),
  ).toEqual(server.tokens.map(({ oauthToken }) => hashOf(oauthToken)).sort())
  const { length } = server.requests
  expect([(await run()).code, server.requests.length]).toEqual([0, length])
})

it('a file of tokens that changes while it is read stops the run, and nothing of it is sent unchecked', async () => {
  const { run, server, tokens } = await setting(3)
  const { tokens: read } = await checkedTokens(tokens, undefined)
  writeFileSync(tokens, 'token,secret\nother,secret\n')
  await expect(read().next()).rejects.toThrow('changed while it was read')
  writeFileSync(tokens, csvOf(server.tokens.slice(0, 2)))
  const some = read()
  expect([(await some.next()).done, (await some.next()).done]).toEqual([false, false])
  await expect(some.next()).rejects.toThrow('changed while it was read')
  expect((await run()).code).toBe(0)
  expect(server.exchanges.length).toBe(2)
})

it('anything other than a file is refused instead of awaited', async () => {
  const { path, args, server } = await setting(1)
  const device = join(path, 'device.csv')
  symlinkSync('/dev/null', device)
  const { code, stderr } = await runHere([...args(), '--tokens', device], env)
  expect([code, server.requests]).toEqual([1, []])
  expect(stderr).toContain(`${device} is not a file`)
})

it('a dry run counts, and neither sends nor writes', async () => {
  const { run, args, server, out, failed } = await setting(10)
  // It needs no secret.
  const { code, stdout } = await runHere(args('--dry-run'))
  expect([code, stdout]).toEqual([
    0,
    '10 tokens in the file\n0 moved\n10 left\nNothing was sent or written: this was a dry run.\n',
  ])
  expect([existsSync(out), existsSync(failed), server.requests]).toEqual([false, false, []])
  await run()
  const after = await run('--dry-run', '--json')
  expect(JSON.parse(after.stdout)).toMatchObject({ tokens: 10, moved: 10, left: 0, dryRun: true })
})

it('faults of the file are told by their lines, and nothing is sent', async () => {
  const { run, server, tokens } = await setting(2)
  appendFileSync(tokens, 'printer,,secret,anna\nprinter,t0001-old-token,other,anna\nprinter,alone,,anna\n')
  const { code, stderr } = await run()
  expect([code, server.requests]).toEqual([1, []])
  expect(stderr).toContain('the token is missing')
  expect(stderr).toContain('the same token stands further up with another secret')
  expect(stderr).toContain('the secret of the token is missing')
})

it('a token that stands there twice is exchanged once', async () => {
  const { run, server, tokens } = await setting(3)
  appendFileSync(tokens, csvOf(server.tokens.slice(0, 2)).split('\n').slice(1).join('\n'))
  expect((await run()).stdout).toContain('3 tokens in the file\n3 moved')
  expect(server.exchanges.length).toBe(3)
})
