import type { Logger } from 'pino'
import type { Keys } from '../../../../test/support/third-party.ts'
import { findAccount } from '../../src/accounts/accounts.ts'
import { createProvider, type Provider } from '../../src/index.ts'
import type { SettingsInput } from '../../src/settings/settings.ts'
import { issueToken } from '../../src/tokens/issued-token.ts'

export const album: Keys = { key: 'album', secret: 'album-secret' }

/** A provider with the user anna, who has the number 1, and a client of hers that is paired with the OAuth 2 client `app`. */
export interface BearerSetting {
  readonly provider: Provider
  readonly token: Keys
  get(path: string, bearer?: string): Promise<Response>
}

export async function openBearerSetting(
  oauth2: SettingsInput['oauth2'],
  more: SettingsInput = {},
  log?: Logger,
): Promise<BearerSetting> {
  const settings = { port: 0, database: ':memory:', logLevel: 'silent', ...more } as SettingsInput
  const users = [{ name: 'anna' }]
  const provider = await createProvider({ ...settings, users, clients: [album], oauth2 }, log)
  const { services, address } = provider
  const user = await findAccount(services.db, 'anna')
  const issued = await issueToken(services, album.key, user?.id as number, {})
  await pair(provider, album.key, 'app')
  return {
    provider,
    token: { key: issued.oauthToken, secret: issued.oauthTokenSecret },
    get: (path, bearer) =>
      fetch(address + path, bearer === undefined ? {} : { headers: { authorization: `Bearer ${bearer}` } }),
  }
}

/** Pairs a client with an OAuth 2 client. */
export async function pair({ services }: Provider, clientId: string, oauth2ClientId: string | null) {
  await services.db
    .updateTable('oauth_client')
    .set({ oauth2_client_id: oauth2ClientId })
    .where('client_id', '=', clientId)
    .execute()
}

/** The status, and what the challenge says was wrong. */
export async function told(sent: Promise<Response> | Response): Promise<[number, string | undefined]> {
  const { status, headers } = await sent
  return [status, /, Bearer realm="OAuth", error="(\w+)"/.exec(headers.get('www-authenticate') ?? '')?.[1]]
}
