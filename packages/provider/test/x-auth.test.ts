import { describe, expect, it } from 'vitest'
import { createAccount, createProvider, registerClient, setClientPolicy } from '../src/index.ts'
import type { SettingsInput } from '../src/settings/settings.ts'
import { signer } from './signer.ts'
import { password } from './site.ts'
import { Visitor } from './visitor.ts'

/** A provider with a user, and a client that asks for tokens by name and password. */
async function started(settings: SettingsInput, policy = {}) {
  const provider = await createProvider({ port: 0, database: ':memory:', logLevel: 'silent', ...settings })
  const { services, address } = provider
  await createAccount(services.db, 'xaver', password)
  const { clientId: key, clientSecret: secret } = await registerClient(services.db, {
    name: 'Old',
    callbacks: [],
  })
  await setClientPolicy(services, key, policy)
  const ask = async (x_auth_username: string, x_auth_password: string) => {
    const fields = { x_auth_mode: 'client_auth', x_auth_username, x_auth_password }
    const response = await bySignedForm(address, { key, secret }, fields)
    return {
      status: response.status,
      headers: response.headers,
      pairs: new URLSearchParams(await response.text()),
    }
  }
  return { provider, key, secret, ask }
}

function bySignedForm(
  address: string,
  client: { key: string; secret: string },
  fields: Record<string, string>,
) {
  return signer(address, client)('POST', '/oauth/token', fields)
}

describe('xAuth', () => {
  it('is off unless a setting says otherwise, whatever the policy of a client', async () => {
    const { provider, ask } = await started({}, { xAuth: true })
    expect((await ask('xaver', password)).status).toBe(400)
    await provider.close()
  })

  it('is off for clients whose policy does not have it', async () => {
    const { provider, ask } = await started({ xAuth: true })
    const { status, pairs } = await ask('xaver', password)
    expect([status, pairs.get('error')]).toEqual([400, 'unsupported_parameter'])
    await provider.close()
  })

  it('gives a token for the right name and password, and none for wrong ones', async () => {
    const { provider, key, secret, ask } = await started({ xAuth: true }, { xAuth: true })
    expect((await ask('xaver', 'wrong')).status).toBe(403)
    expect((await ask('nobody', password)).status).toBe(403)
    const { status, pairs } = await ask('Xaver', password)
    expect(status).toBe(200)
    const token = { key: pairs.get('oauth_token') ?? '', secret: pairs.get('oauth_token_secret') ?? '' }
    const me = await signer(provider.address, { key, secret }, token)('GET', '/api/me', {})
    expect(await me.json()).toMatchObject({ name: 'xaver' })
    await provider.close()
  })

  it('counts wrong passwords together with the sign-in page', async () => {
    const { provider, ask } = await started({ xAuth: true }, { xAuth: true })
    const visitor = new Visitor(provider.address)
    for (let i = 0; i < 5; i++) {
      expect((await ask('xaver', `wrong ${i}`)).status).toBe(403)
      expect((await visitor.signIn('xaver', `wrong ${i}`)).status).toBe(422)
    }
    const { status, headers, pairs } = await ask('xaver', password)
    expect([status, pairs.get('error')]).toEqual([429, 'too_many_requests'])
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(600)
    expect((await visitor.signIn('xaver', password)).status).toBe(429)
    await provider.close()
  })
})
