import { currentCredential, requireOAuth } from 'countersign/fetch'
import { protector, server } from '../../../oauth.ts'

export const DELETE = requireOAuth(protector)(async (request) => {
  const { clientId, oauthToken } = currentCredential(request)
  await server.revokeToken(clientId, oauthToken)
  return new Response(null, { status: 204 })
})
