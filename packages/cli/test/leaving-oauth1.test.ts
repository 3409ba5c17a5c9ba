import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { oauth2, Story, strangers, tokens } from './leaving-setting.ts'

/**
 * The whole guide docs/leaving-oauth1.md, in its order: the provider, the OAuth 2 server and the partner's command are
 * processes of their own, and the partner signs with a client that is not ours.
 */
let story: Story
beforeAll(async () => {
  story = await Story.begin()
  await story.serve()
  await story.startOAuth2()
})
afterAll(() => story.end())

const [first, second, third, raced] = tokens as [
  ...[(typeof tokens)[0], (typeof tokens)[0], (typeof tokens)[0], (typeof tokens)[0]],
]
const partners =
  'exchange --tokens tokens.csv --out oauth2.jsonl --issuer http://localhost:4000 --client-id album-app'
const secretOfPartner = { COUNTERSIGN_OAUTH2_CLIENT_SECRET: oauth2.clientSecret }
const jsonOf = async (response: Response | Promise<Response>) => (await response).json()
const statusOf = async (response: Promise<Response>) => (await response).status
/** Of the JSON lines: which old token it was made from cannot be seen, its user can. */
const movedOf = (user: string) => story.lines('oauth2.jsonl').find((line) => line['user'] === user) ?? {}

it('before: a real OAuth 1.0 client calls the API', async () => {
  expect(await jsonOf(story.signed(first))).toMatchObject({ name: 'user0', client: { key: 'album' } })
  // Counts are written a little later.
  const usage = async () => (await story.follow('usage')).stdout
  await expect.poll(usage, { timeout: 60_000 }).toContain('album')
})

it('without a pair nothing is exchanged, by neither shape', async () => {
  expect(await jsonOf(story.exchange(first))).toMatchObject({ error: 'invalid_grant' })
  expect(await jsonOf(story.signedExchange(first)())).toMatchObject({ error: 'invalid_grant' })
})

it('with a pair, attacks get the same refusal whatever was wrong', async () => {
  await story.follow('client pair album album-app')
  await story.command(`token revoke ${third.token} --yes`)
  const refused = [
    await story.exchange({ ...first, secret: 'wrong' }),
    await story.exchange({ ...first, token: 'unknown' }),
    await story.exchange(strangers),
    await story.exchange(third),
  ]
  expect(refused.map(({ status }) => status)).toEqual([400, 400, 400, 400])
  const bodies = await Promise.all(refused.map((response) => response.text()))
  expect(new Set(bodies).size).toBe(1)
  expect(JSON.parse(String(bodies[0]))).toMatchObject({ error: 'invalid_grant' })
  expect(await jsonOf(story.signedExchange(strangers)())).toMatchObject({ error: 'invalid_grant' })
  expect(await jsonOf(story.exchange(second, { scope: 'me authorizations:read' }))).toMatchObject({
    error: 'invalid_scope',
  })
})

it('a signed exchange is served once', async () => {
  const send = story.signedExchange(second)
  expect(await jsonOf(send())).toMatchObject({ token_type: 'Bearer', scope: 'me offline_access' })
  const replayed = await send()
  expect([replayed.status, await replayed.json()]).toMatchObject([401, { error: 'invalid_nonce' }])
})

it('of many exchanges of one token at once, one pair is valid', async () => {
  const responses = await Promise.all(Array.from({ length: 12 }, () => story.exchange(raced)))
  const issued = []
  for (const response of responses) {
    expect([200, 503]).toContain(response.status)
    if (response.status === 200) issued.push((await response.json()) as Record<string, string>)
  }
  const statuses = await Promise.all(
    issued.map((pair) => statusOf(story.bearer(String(pair['access_token'])))),
  )
  expect(statuses.filter((status) => status === 200)).toHaveLength(1)
  const refreshed = await Promise.all(
    issued.map((pair) =>
      statusOf(story.token({ grant_type: 'refresh_token', refresh_token: String(pair['refresh_token']) })),
    ),
  )
  expect(refreshed.filter((status) => status === 200)).toHaveLength(1)
})

it('the command moves all, though it is killed twice on the way, and names the user who must sign in again', async () => {
  const rows = tokens.map(({ token, secret, user }) => `${token},${secret},${user}\n`)
  writeFileSync(join(story.path, 'tokens.csv'), `token,secret,user\n${rows.join('')}`)
  await story.killedExchange(partners, 200)
  await story.killedExchange(partners, 600)
  await expect(story.follow(partners, secretOfPartner)).rejects.toThrow('ended with 3')
  expect(story.lines('oauth2.jsonl.failed')).toMatchObject([{ user: third.user, error: 'invalid_grant' }])
  const moved = story.lines('oauth2.jsonl').map((line) => line['user'])
  expect(moved.sort()).toEqual(
    tokens
      .filter((token) => token !== third)
      .map(({ user }) => user)
      .sort(),
  )
}, 300_000)

it('every user is served with Bearer, and no scope has grown', async () => {
  const served = async ({ user, scope }: (typeof tokens)[number]) => {
    const { access_token: accessToken = '', scope: moved } = movedOf(user)
    expect([user, moved]).toEqual([
      user,
      scope === '' ? 'me offline_access' : 'me authorizations:read offline_access',
    ])
    expect(await jsonOf(story.bearer(accessToken))).toMatchObject({ name: user, client: { key: 'album' } })
    expect([user, await statusOf(story.bearer(accessToken, '/api/authorizations'))]).toEqual([
      user,
      scope === '' ? 403 : 200,
    ])
  }
  const moved = tokens.filter((token) => token !== third)
  for (let at = 0; at < moved.length; at += 20) await Promise.all(moved.slice(at, at + 20).map(served))
  const refresh = {
    grant_type: 'refresh_token',
    refresh_token: String(movedOf(second.user)['refresh_token']),
  }
  expect(await jsonOf(story.token({ ...refresh, scope: 'me authorizations:read' }))).toMatchObject({
    error: 'invalid_scope',
  })
  // The partner is no API: what a token stands for is not its business.
  const asked = { token: String(movedOf(second.user)['access_token']) }
  expect(await jsonOf(story.token(asked, '/token/introspection'))).toEqual({ active: false })
  const renewed = (await jsonOf(story.token(refresh))) as Record<string, string>
  expect(await jsonOf(story.bearer(String(renewed['access_token'])))).toMatchObject({ name: second.user })
})

it('OAuth 1.0 is announced, browned out and ended, and Bearer goes on', async () => {
  const dayFrom = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
  const now = `${new Date(Date.now() - 60_000).toISOString().slice(0, 16)}Z`
  const retirement = { RETIREMENT_FILE: 'retirement.json' }
  const accessToken = String(movedOf(first.user)['access_token'])

  story.retirement({ announced: dayFrom(-1), ends: dayFrom(90), from: `${dayFrom(30)}T09:00Z` })
  const dry = (await story.follow('retire --dry-run retirement.json')).stdout
  expect(dry).toMatch(/^album +album +HMAC-SHA1 +\d+ /m)
  expect((await story.follow('retire mail retirement.json')).stdout).toContain(
    'https://docs.example.com/oauth2',
  )
  await story.serve(retirement)
  const announced = await story.signed(first)
  expect(announced.status).toBe(200)
  expect(announced.headers.get('sunset')).toContain('00:00:00 GMT')
  expect(announced.headers.get('deprecation')).toMatch(/^@\d+$/)
  expect(announced.headers.get('link')).toContain('<https://docs.example.com/oauth2>; rel="sunset"')

  story.retirement({ announced: dayFrom(-1), ends: dayFrom(90), from: now })
  await story.serve(retirement)
  const browned = await story.signed(first)
  expect(browned.status).toBe(503)
  expect(Number(browned.headers.get('retry-after'))).toBeGreaterThan(0)
  const { error, error_description: description } = (await browned.json()) as Record<string, string>
  expect([error, description]).toEqual(['brownout', expect.stringContaining(dayFrom(90))])
  expect(await statusOf(story.bearer(accessToken))).toBe(200)

  story.retirement({ announced: dayFrom(-10), ends: dayFrom(-1), from: `${dayFrom(-5)}T09:00Z` })
  await story.serve(retirement)
  const ended = await story.signed(first)
  expect([ended.status, await ended.json()]).toMatchObject([410, { error: 'retired' }])
  await story.startOAuth2(retirement)
  const late = await story.signedExchange(first)()
  expect([late.status, await late.json()]).toMatchObject([410, { error: 'retired' }])
  const bearer = await story.bearer(accessToken)
  expect([bearer.status, bearer.headers.get('sunset')]).toEqual([200, null])
})

it('whoever takes access back at the provider takes back the tokens of OAuth 2', async () => {
  const { access_token: accessToken = '', refresh_token: refreshToken = '' } = movedOf(first.user)
  expect(await statusOf(story.bearer(accessToken))).toBe(200)
  await story.command(`token revoke ${first.token} --yes`)
  await expect.poll(() => statusOf(story.bearer(accessToken)), { timeout: 60_000 }).toBe(401)
  expect(
    await jsonOf(story.token({ grant_type: 'refresh_token', refresh_token: refreshToken })),
  ).toMatchObject({
    error: 'invalid_grant',
  })
})
