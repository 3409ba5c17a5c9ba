import type { Hooks } from 'countersign'
import { expect, it } from 'vitest'
import { Provider } from './provider.ts'

const rounds = 20
const atOnce = 50

/** How many of the calls succeeded, all started before any ends. */
async function winners(call: (index: number) => PromiseLike<boolean> | boolean): Promise<number> {
  const outcomes = await Promise.all(Array.from({ length: atOnce }, (_, index) => call(index)))
  return outcomes.filter(Boolean).length
}

/** The hooks as a store across a network: each queries later and returns later still, so that requests interleave. */
function distant(hooks: Hooks): Hooks {
  const travel = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 2))
  const entries = Object.entries(hooks).map(([name, hook]) => [
    name,
    async (...args: never[]) => {
      await travel()
      const response = await (hook as (...args: never[]) => unknown)(...args)
      await travel()
      return response
    },
  ])
  return Object.fromEntries(entries) as Hooks
}

const succeeds = (run: PromiseLike<unknown>): PromiseLike<boolean> =>
  run.then(
    () => true,
    () => false,
  )

it(`of ${atOnce} equal requests at once one passes: the nonce decides`, async () => {
  const provider = new Provider({ hooks: distant })
  for (let round = 0; round < rounds; round++) {
    const http = provider.read()
    expect(await winners(() => succeeds(Promise.resolve(provider.protector.authenticate(http))))).toBe(1)
  }
})

it(`of ${atOnce} users who approve at once one wins, and is the one in the store`, async () => {
  const provider = new Provider({ hooks: distant })
  for (let round = 0; round < rounds; round++) {
    const { oauthToken } = await provider.temporary()
    const won: number[] = []
    const count = await winners((id) =>
      provider.authorize(oauthToken, { id }).then(
        () => won.push(id) > 0,
        () => false,
      ),
    )
    expect(count).toBe(1)
    expect(await provider.hooks.getTemporaryCredential(oauthToken)).toMatchObject({ userId: won[0] })
  }
})

it(`of ${atOnce} exchanges of one credential at once one gets a token`, async () => {
  const provider = new Provider({ hooks: distant })
  for (let round = 0; round < rounds; round++) {
    const { temporary, verifier } = await provider.approved()
    expect(await winners(async () => (await provider.exchange(temporary, verifier)).status === 200)).toBe(1)
  }
  expect(await provider.hooks.listTokens?.({ userId: 7 })).toHaveLength(1 + rounds)
})

it(`of ${atOnce} exchanges in two steps one gets a token, too`, async () => {
  const issued: string[] = []
  const provider = new Provider({
    hooks: ({ exchangeTemporaryCredential: _, ...hooks }) => ({
      ...distant(hooks),
      createTokenCredential: (credential) => {
        issued.push(credential.oauthToken)
        return hooks.createTokenCredential(credential)
      },
    }),
  })
  for (let round = 0; round < rounds; round++) {
    const { temporary, verifier } = await provider.approved()
    // Each request is signed again: it is not the nonce that decides.
    expect(await winners(async () => (await provider.exchange(temporary, verifier)).status === 200)).toBe(1)
  }
  expect(issued).toHaveLength(rounds)
})

it(`of ${atOnce} denials at once one succeeds`, async () => {
  const provider = new Provider({ hooks: distant })
  for (let round = 0; round < rounds; round++) {
    const { oauthToken } = await provider.temporary()
    expect(await winners(() => succeeds(provider.authorize(oauthToken, undefined)))).toBe(1)
  }
})

it('when approval and denial race, a denial that succeeded means that no token is issued', async () => {
  const provider = new Provider({ hooks: distant })
  for (let round = 0; round < rounds; round++) {
    const { oauthToken, oauthTokenSecret } = await provider.temporary()
    const [approval, denial] = await Promise.allSettled([
      provider.authorize(oauthToken, { id: 7 }),
      provider.authorize(oauthToken, undefined),
    ])
    if (approval.status === 'rejected' || denial.status === 'rejected') continue
    const verifier =
      new URL(approval.value.headers['location'] ?? '').searchParams.get('oauth_verifier') ?? ''
    expect((await provider.exchange({ oauthToken, oauthTokenSecret }, verifier)).status).toBe(401)
  }
})

it('and the races are real: a store that looks first and then writes lets several requests pass', async () => {
  const used = new Set<string>()
  const provider = new Provider({
    hooks: () => ({
      recordNonce: async ({ nonce }) => {
        const isNew = !used.has(nonce)
        await Promise.resolve()
        used.add(nonce)
        return isNew
      },
    }),
  })
  const http = provider.read()
  expect(
    await winners(() => succeeds(Promise.resolve(provider.protector.authenticate(http)))),
  ).toBeGreaterThan(1)
})
