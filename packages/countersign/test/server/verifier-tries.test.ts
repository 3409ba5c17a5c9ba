import type { ClientPolicy, Hooks } from 'countersign'
import { describe, expect, it } from 'vitest'
import { client, credentials, overNetwork, Provider } from './provider.ts'

/** A code that user 7 was shown, and the temporary credential. */
async function shown(policy: ClientPolicy = {}, hooks: (hooks: Hooks) => Partial<Hooks> = () => ({})) {
  const provider = new Provider({ clients: [{ ...client, policy }], hooks })
  const temporary = await provider.temporary({ oauth_callback: 'oob' })
  const decision = await provider.server.decideAuthorization(temporary.oauthToken, { id: 7 })
  if (decision.kind !== 'code') throw new Error(decision.kind)
  return { provider, temporary, code: decision.oauthVerifier }
}

describe('a code typed by a person', () => {
  it('may be mistyped four times, and the fifth time spends the temporary credential', async () => {
    const { provider, temporary, code } = await shown()
    for (let tries = 1; tries <= 4; tries++)
      expect((await provider.exchange(temporary, `wrong${tries}`)).status).toBe(401)
    expect(await provider.hooks.getTemporaryCredential(temporary.oauthToken)).toBeTruthy()
    const last = await provider.exchange(temporary, 'wrong5')
    expect(decodeURIComponent(last.body)).toContain(
      'oauth_verifier was tried 5 times, which is all that is allowed: start the flow again.',
    )
    expect(await provider.hooks.getTemporaryCredential(temporary.oauthToken)).toBeUndefined()
    expect((await provider.exchange(temporary, code)).status).toBe(401)
  })

  it('is accepted after four wrong tries', async () => {
    const { provider, temporary, code } = await shown()
    for (let tries = 1; tries <= 4; tries++) await provider.exchange(temporary, `wrong${tries}`)
    expect(credentials(await provider.exchange(temporary, code)).oauthToken).toBeTruthy()
  })

  it.each([1, 2, 7])('has as many tries as the policy says: %i', async (maxVerifierTries) => {
    const { provider, temporary } = await shown({ maxVerifierTries })
    for (let tries = 1; tries < maxVerifierTries; tries++) await provider.exchange(temporary, `wrong${tries}`)
    expect(await provider.hooks.getTemporaryCredential(temporary.oauthToken)).toBeTruthy()
    await provider.exchange(temporary, 'wrong')
    expect(await provider.hooks.getTemporaryCredential(temporary.oauthToken)).toBeUndefined()
  })

  it('is counted once for tries at the same time', async () => {
    const { provider, temporary, code } = await shown()
    const wrong = [1, 2, 3, 4].map((tries) => provider.exchange(temporary, `wrong${tries}`))
    await Promise.all(wrong)
    expect((await provider.exchange(temporary, code)).status).toBe(200)
  })

  it('is spent by five wrong tries at the same time', async () => {
    const { provider, temporary, code } = await shown()
    await Promise.all([1, 2, 3, 4, 5].map((tries) => provider.exchange(temporary, `wrong${tries}`)))
    expect((await provider.exchange(temporary, code)).status).toBe(401)
  })

  it.each([5, 20, 100])('is not found among many guesses at the same time: %i', async (guesses) => {
    const { provider, temporary, code } = await shown({}, overNetwork)
    const wrong = Array.from({ length: guesses }, (_, guess) => `wrong${guess}`)
    const responses = await Promise.all([...wrong, code].map((guess) => provider.exchange(temporary, guess)))
    expect(responses.map(({ status }) => status)).not.toContain(200)
    expect((await provider.exchange(temporary, code)).status).toBe(401)
  })

  it('loses no try to a stranger, who cannot sign', async () => {
    const { provider, temporary, code } = await shown()
    for (let tries = 1; tries <= 20; tries++) {
      const oauth = { oauth_signature: 'AAAA' }
      expect((await provider.exchange(temporary, `wrong${tries}`, { oauth })).status).toBe(401)
      await provider.exchange({ ...temporary, oauthTokenSecret: 'guessed' }, `wrong${tries}`)
    }
    expect((await provider.exchange(temporary, code)).status).toBe(200)
  })

  it('loses no try to copies of one wrong request', async () => {
    const { provider, temporary, code } = await shown()
    const http = provider.sign({
      method: 'POST',
      url: 'https://photos.example.net/token',
      token: temporary,
      oauth: { oauth_verifier: 'wrong' },
    })
    for (let copy = 0; copy < 20; copy++) await provider.server.createTokenResponse(http)
    expect((await provider.exchange(temporary, code)).status).toBe(200)
  })

  it('of one credential costs another none', async () => {
    const { provider, temporary } = await shown()
    const other = await provider.approved()
    for (let tries = 1; tries <= 5; tries++) await provider.exchange(temporary, `wrong${tries}`)
    expect((await provider.exchange(other.temporary, other.verifier)).status).toBe(200)
  })

  it('that cannot be counted lets no one in', async () => {
    let isDown = false
    const provider = new Provider({
      hooks: (hooks) => ({
        recordNonce: (record) => {
          if (isDown && record.timestamp === 0) throw new Error('down')
          return hooks.recordNonce(record)
        },
      }),
    })
    const { temporary } = await provider.approved()
    isDown = true
    await expect(provider.exchange(temporary, 'wrong')).rejects.toMatchObject({ code: 'store_error' })
  })
})
