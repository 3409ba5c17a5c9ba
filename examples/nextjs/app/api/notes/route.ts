import { currentCredential, requireOAuth } from 'countersign/fetch'
import { protector } from '../../../lib/oauth'

export const POST = requireOAuth(protector)(async (request) => {
  const form = await request.formData()
  return Response.json({ text: form.get('text'), userId: currentCredential().userId }, { status: 201 })
})
