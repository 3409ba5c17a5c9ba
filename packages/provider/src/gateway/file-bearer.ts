import type { VerifyBearer } from 'countersign/bridge'
import type { Logger } from 'pino'
import { type AccessTokenReader, noteRefusal } from '../bridge/access-tokens.ts'
import type { CredentialFiles } from './credential-files.ts'

/**
 * The hook of a `BearerProtector` over files: the client must name the OAuth 2 client, and the subject is the user,
 * unchanged.
 */
export function fileBearer(
  files: Pick<CredentialFiles, 'clientOf'>,
  tokens: AccessTokenReader,
  log: Logger,
): VerifyBearer {
  return async (token) => {
    const found = await tokens.read(token)
    if (found === undefined) return undefined
    const { oauth2ClientId, subject: userId, scope, expiresAt } = found
    const client = files.clientOf(oauth2ClientId)
    if (client !== undefined) return { clientId: client.clientId, client, userId, scope, expiresAt }
    noteRefusal(log, 'no client has its oauth2_client_id', oauth2ClientId)
    return undefined
  }
}
