import { createHmac } from 'node:crypto'
import { AuthorizationServer } from 'countersign'
import { memoryHooks } from 'countersign/memory'
import OAuth from 'oauth-1.0a'
import { expect, it } from 'vitest'

it('issues temporary credentials to a client that oauth-1.0a signs for', async () => {
  const hooks = memoryHooks({ clients: [{ clientId: 'c', clientSecret: 's', callbacks: ['http://cb/x'] }] })
  const server = new AuthorizationServer({ hooks, insecureTransport: true })
  const oauth = new OAuth({
    consumer: { key: 'c', secret: 's' },
    signature_method: 'HMAC-SHA1',
    hash_function: (text, key) => createHmac('sha1', key).update(text).digest('base64'),
  })
  const request = { method: 'POST', url: 'http://h/i', data: { oauth_callback: 'http://cb/x?a=1' } }
  const { Authorization } = oauth.toHeader(oauth.authorize(request))
  const response = await server.createTemporaryCredentialResponse({
    method: 'POST',
    url: request.url,
    headers: { authorization: Authorization },
  })
  expect(response.status).toBe(200)
})
