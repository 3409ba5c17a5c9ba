import type { Hooks } from 'countersign'
import { memoryHooks } from 'countersign/memory'
import { expect, it } from 'vitest'
import { credentials, Provider } from './provider.ts'

it('a token is issued by the one hook that spends and issues, where the store has it', async () => {
  const { exchangeTemporaryCredential } = memoryHooks()
  const calls: string[] = []
  const provider = new Provider({
    hooks: (hooks) => ({
      exchangeTemporaryCredential: Object.assign(
        ((oauthToken, credential) => {
          calls.push(oauthToken)
          return hooks.exchangeTemporaryCredential?.(oauthToken, credential)
        }) as typeof exchangeTemporaryCredential,
        { standsFor: (hooks.exchangeTemporaryCredential as { standsFor?: object }).standsFor },
      ),
    }),
  })
  const { temporary, verifier } = await provider.approved()
  const { oauthToken } = credentials(await provider.exchange(temporary, verifier))
  expect(calls).toEqual([temporary.oauthToken])
  expect(await provider.hooks.queryToken('client', oauthToken)).toMatchObject({ userId: 7 })
})

it.each(['consumeTemporaryCredential', 'createTokenCredential'] as const)(
  'a %s of the application is asked, and not the one hook of the store that would stand for it',
  async (name) => {
    const asked: string[] = []
    const own = (hooks: Hooks) => (argument: never) => {
      asked.push(name)
      return hooks[name](argument)
    }
    const spread = new Provider({ hooks: (hooks) => ({ [name]: own(hooks) }) })
    const registered = new Provider()
    registered.server.registerHook(name, own(registered.hooks) as never)
    for (const provider of [spread, registered]) {
      const { temporary, verifier } = await provider.approved()
      credentials(await provider.exchange(temporary, verifier))
    }
    expect(asked).toEqual([name, name])
  },
)

it('an approval outlives a token that could not be stored', async () => {
  let fails = true
  const provider = new Provider({
    server: { tokenGenerator: () => ({ oauthToken: fails ? 'token' : 'new', oauthTokenSecret: 's' }) },
  })
  fails = false
  const { temporary, verifier } = await provider.approved()
  fails = true
  await expect(provider.exchange(temporary, verifier)).rejects.toMatchObject({ status: 503 })
  fails = false
  provider.now++
  expect(credentials(await provider.exchange(temporary, verifier)).oauthToken).toBe('new')
})
