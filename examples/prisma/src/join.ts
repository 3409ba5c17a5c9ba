import type { TokenWhere } from 'countersign/prisma'
import type { OauthClient, OauthTokenCredential, PrismaClient, User } from './generated/client.ts'

type ClientWithToken = OauthClient & { tokens: (OauthTokenCredential & { user: User | null })[] }

/** If the client has no such token, the columns of token and user are null. */
type Joined = Pick<
  OauthClient,
  'id' | 'clientId' | 'clientSecret' | 'defaultRedirectUri' | 'rsaPublicKey' | 'policy'
> &
  Omit<OauthTokenCredential, 'id' | 'clientId'> & { tokenId: number; tokenClientId: string; userName: string }

/** Client, token and user in one SQL query, on every database. */
export function joinedQuery(prisma: PrismaClient) {
  return async (where: TokenWhere): Promise<ClientWithToken | null> => {
    const [row] = await prisma.$queryRaw<Joined[]>`
      select c.id, c.client_id as "clientId", c.client_secret as "clientSecret",
        c.default_redirect_uri as "defaultRedirectUri", c.rsa_public_key as "rsaPublicKey", c.policy,
        t.id as "tokenId", t.client_id as "tokenClientId", t.oauth_token as "oauthToken",
        t.oauth_token_secret as "oauthTokenSecret", t.user_id as "userId", t.scope,
        t.expires_at as "expiresAt", t.last_used_at as "lastUsedAt", u.name as "userName"
      from oauth_client c
      left join oauth_token_credential t on t.client_id = ${where.clientId} and t.oauth_token = ${where.oauthToken}
      left join users u on u.id = t.user_id
      where c.client_id = ${where.clientId}`
    if (!row) return null
    const { id, clientId, clientSecret, defaultRedirectUri, rsaPublicKey, policy, ...joined } = row
    const { tokenId, tokenClientId, userName, ...token } = joined
    const user = token.userId === null ? null : { id: token.userId, name: userName }
    const tokens = token.oauthToken === null ? [] : [{ ...token, id: tokenId, clientId: tokenClientId, user }]
    return { id, clientId, clientSecret, defaultRedirectUri, rsaPublicKey, policy, tokens }
  }
}
