import { AuthorizationServer } from 'countersign'
import { memoryHooks } from 'countersign/memory'
import { expect, it } from 'vitest'
import { ThirdParty } from '../../../../test/support/third-party.ts'

it('issues temporary credentials to a client that oauth-1.0a signs for', async () => {
  const hooks = memoryHooks({ clients: [{ clientId: 'c', clientSecret: 's', callbacks: ['http://cb/x'] }] })
  const server = new AuthorizationServer({ hooks, insecureTransport: true })
  const signer = new ThirdParty({ key: 'c', secret: 's' })
  const data = { oauth_callback: 'http://cb/x?a=1' }
  const response = await server.createTemporaryCredentialResponse({
    method: 'POST',
    url: 'http://h/i',
    headers: { authorization: signer.authorization('POST', 'http://h/i', { data }) },
  })
  expect(response.status).toBe(200)
})
