import { memoryHooks } from 'countersign/memory'
import { expect, it } from 'vitest'

const credential = (oauthToken: string, expiresAt?: number) => ({
  clientId: 'c',
  oauthToken,
  oauthTokenSecret: 's',
  ...(expiresAt === undefined ? {} : { expiresAt }),
})

it('tokens that have expired make room for new ones, however many there are, and the others stay', async () => {
  let now = 1_000
  const hooks = memoryHooks({ tokens: [credential('first')], now: () => now })
  await hooks.createTokenCredential(credential('for ever'))
  let most = 0
  for (; now < 21_000; now++) {
    await hooks.createTokenCredential(credential(`${now}`, now + 100))
    if (now % 1_000 === 0) most = Math.max(most, (await hooks.listTokens({})).length)
  }
  expect(most).toBeLessThan(2_048)
  for (const alive of ['first', 'for ever', `${now - 1}`, `${now - 99}`])
    expect(await hooks.queryToken('c', alive)).toMatchObject({ oauthToken: alive })
})

it('tokens that live are never dropped', async () => {
  const hooks = memoryHooks()
  for (let n = 0; n < 5_000; n++)
    await hooks.createTokenCredential(credential(`${n}`, n % 2 ? 5e9 : undefined))
  expect(await hooks.listTokens({})).toHaveLength(5_000)
})

it('a use of a token does not change what the application put in, and keeps its fields', async () => {
  const given = { ...credential('t'), device: 'printer' }
  const hooks = memoryHooks({ tokens: [given] })
  await hooks.recordTokenUse({ clientId: 'c', oauthToken: 't', lastUsedAt: 5 })
  expect(given).not.toHaveProperty('lastUsedAt')
  expect(await hooks.queryToken('c', 't')).toEqual({ ...given, lastUsedAt: 5 })
})
