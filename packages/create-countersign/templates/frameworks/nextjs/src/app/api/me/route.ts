import { currentCredential, requireOAuth } from 'countersign/fetch'
import { protector } from '../../../oauth.ts'

export const GET = requireOAuth(protector)((request) => {
  return Response.json({ userId: currentCredential(request).userId })
})
