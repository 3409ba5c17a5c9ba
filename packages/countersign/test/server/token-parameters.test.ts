import { ConfigurationError, type TokenSubject } from 'countersign'
import { describe, expect, it } from 'vitest'
import { credentials, Provider } from './provider.ts'

async function exchange(tokenParameters: (issued: TokenSubject) => Record<string, string>) {
  const provider = new Provider({ server: { tokenParameters } })
  const { temporary, verifier } = await provider.approved()
  return { provider, temporary, verifier, response: await provider.exchange(temporary, verifier) }
}

describe('further pairs in the response with a token (§2.3)', () => {
  it('see client, user and scope, and stand beside the token', async () => {
    const subjects: TokenSubject[] = []
    const { response } = await exchange((issued) => {
      subjects.push(issued)
      return { user_id: String(issued.userId), screen_name: 'a b&c' }
    })
    expect(credentials(response).oauthToken).toBeTruthy()
    const fields = new URLSearchParams(response.body)
    expect([fields.get('user_id'), fields.get('screen_name')]).toEqual(['7', 'a b&c'])
    expect(subjects).toEqual([
      { client: expect.objectContaining({ clientId: 'client' }), userId: 7, scope: undefined },
    ])
    expect(JSON.stringify(subjects)).not.toContain('"secret"')
  })

  it.each<[string, Record<string, unknown>]>([
    ['a name of the protocol’s own', { oauth_token: 'x' }],
    ['any name that begins like one', { oauth_x: 'x' }],
    ['the scope', { scope: 'admin' }],
    ['a number', { user_id: 7 }],
    ['nothing', undefined as never],
    ['a list', ['a'] as never],
  ])('are refused to %s, and nothing is spent', async (_what, pairs) => {
    let returned = pairs as Record<string, string>
    const provider = new Provider({ server: { tokenParameters: () => returned } })
    const { temporary, verifier } = await provider.approved()
    await expect(provider.exchange(temporary, verifier)).rejects.toThrow(ConfigurationError)
    returned = {}
    expect((await provider.exchange(temporary, verifier)).status).toBe(200)
  })

  it('that end in half a character arrive, with the sign for one that was lost', async () => {
    const { response } = await exchange(() => ({ screen_name: 'Ann 🦊'.slice(0, 5) }))
    expect(credentials(response).oauthToken).toBeTruthy()
    expect(new URLSearchParams(response.body).get('screen_name')).toBe('Ann \ufffd')
  })

  it('stand apart whatever their names', async () => {
    const { response } = await exchange(() => ({ 'a=1&oauth_token': 'x', 'ä b': 'y' }))
    const fields = new URLSearchParams(response.body)
    expect([fields.get('a=1&oauth_token'), fields.get('ä b')]).toEqual(['x', 'y'])
    expect(fields.getAll('oauth_token').length).toBe(1)
  })

  it('that fail spend nothing either', async () => {
    let isBroken = true
    const provider = new Provider({
      server: {
        tokenParameters() {
          if (isBroken) throw new Error('No such table')
          return {}
        },
      },
    })
    const { temporary, verifier } = await provider.approved()
    await expect(provider.exchange(temporary, verifier)).rejects.toThrow('No such table')
    isBroken = false
    expect((await provider.exchange(temporary, verifier)).status).toBe(200)
  })
})
