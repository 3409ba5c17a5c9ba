import { OAuth1Error } from '../errors.ts'
import { splitUrl } from '../protocol/base-string.ts'
import type { HttpResponse } from '../protocol/http.ts'
import { parseForm } from '../protocol/parameters.ts'
import type { OAuth1Request } from '../protocol/request.ts'
import { claimOf, proofOf } from './attempt.ts'
import { compareBodyHash } from './body-hash.ts'
import { checkUser } from './decision.ts'
import type { Hooks } from './hooks.ts'
import { findClient } from './lookup.ts'
import type { Client, TokenCredential } from './models.ts'
import { spendNonce } from './nonce.ts'
import type { ResolvedOptions } from './options.ts'
import type { Attempt } from './refusal.ts'
import { giveToken, prepareToken } from './token-issue.ts'
import { withoutSecrets } from './without-secrets.ts'

/** Whether a request to the token endpoint asks for a token by name and password (xAuth). */
export function isXAuth(request: OAuth1Request): boolean {
  return request.oauthToken === undefined && request.parameters.some(([name]) => name === 'x_auth_mode')
}

/**
 * xAuth: a client that cannot open a browser exchanges its user's name and password for a token. The password is checked
 * last, so that only a client whose policy allows it can try one.
 *
 * @param attempt - Records how far the request came.
 * @throws OAuth1Error
 */
export async function requestTokenByPassword<C extends Client, T extends TokenCredential>(
  request: OAuth1Request,
  attempt: Attempt,
  hooks: Hooks<C, T>,
  options: ResolvedOptions,
): Promise<HttpResponse> {
  const claim = claimOf(request, attempt, options)
  const found = await findClient<C>(hooks, claim.clientId, options.on)
  const { client, policy } = await proofOf(claim, found, attempt, options)
  if (!policy.xAuth || options.checkPassword === undefined)
    throw new OAuth1Error('unsupported_parameter', 'xAuth is not open to this client.')
  const username = parameter(claim.request, 'x_auth_username')
  const password = parameter(claim.request, 'x_auth_password')
  if (parameter(claim.request, 'x_auth_mode') !== 'client_auth')
    throw new OAuth1Error('invalid_request', 'x_auth_mode must be client_auth.')
  // Every server in between logs addresses.
  if (parseForm(splitUrl(attempt.http.url).query).some(({ name }) => name.startsWith('x_auth_')))
    throw new OAuth1Error('invalid_request', 'Send the x_auth_ parameters in a form body, not in the URL.')
  await compareBodyHash(claim, attempt.http, policy)
  await spendNonce(claim, policy.timestampWindowSeconds, hooks, options.usedTimestamps)

  const user = await options.checkPassword({ client: withoutSecrets(client), username, password })
  checkUser(user, 'The user that checkPassword returns', 'Where the password is wrong, return undefined.')
  if (user === undefined || user === null)
    throw new OAuth1Error('access_denied', 'The user name or the password is wrong.', {
      problem: { name: 'permission_denied' },
    })
  const grant = { clientId: client.clientId, userId: user.id }
  const prepared = await prepareToken(client, grant, policy, hooks, options)
  if (!prepared.isReused) await hooks.createTokenCredential(prepared.token)
  return giveToken(prepared, policy, hooks, options)
}

/** @throws OAuth1Error unless the parameter was sent exactly once. */
function parameter(request: OAuth1Request, name: string): string {
  const [value, ...others] = request.parameters.filter(([sent]) => sent === name).map(([, sent]) => sent)
  if (value && others.length === 0) return value
  throw new OAuth1Error('missing_required_parameter', `${name} must be sent once.`, {
    problem: { absent: [name] },
  })
}
