import { currentAuthentication, currentCredential, endpoint, requireOAuth } from 'countersign/fetch'
import { expect, it } from 'vitest'
import { App } from './app.ts'
import { authorization } from './client.ts'

const { protector } = new App()

function signed(path: string): Request {
  const headers = { authorization: authorization({ base: 'http://h', path }) }
  return new Request(`http://h${path}`, { headers })
}

it('wraps handlers that are called with a request and more, as in Next.js, Workers, Bun and Deno', async () => {
  const handler = requireOAuth(
    protector,
    'read',
  )((request: Request, context: { readonly id: number }) =>
    Response.json([context.id, currentCredential(request).userId, currentCredential().userId]),
  )
  expect(await (await handler(signed('/next'), { id: 5 })).json()).toEqual([5, 0, 0])
})

it('wraps handlers that are called with an event, as in SvelteKit and Remix', async () => {
  interface Event {
    readonly request: Request
    readonly params: { readonly id: string }
  }
  const handler = requireOAuth(protector)((event: Event) => {
    const { credential } = currentAuthentication(event)
    const same = currentCredential(event.request) === credential
    return Response.json([event.params.id, credential?.userId, same])
  })
  const event = Object.freeze({ request: signed('/svelte'), params: { id: '5' } })
  expect(await (await handler(event)).json()).toEqual(['5', 0, true])
  expect((await handler({ ...event, request: new Request('http://h/svelte') })).status).toBe(401)
})

it('hands endpoints all that the runtime gave', async () => {
  const handler = endpoint((request, _input: Request, environment: { readonly name: string }) => ({
    status: 202,
    headers: {},
    body: `${request.method} ${request.url} ${environment.name}`,
  }))
  const response = await handler(new Request('http://h/x?y=1'), { name: 'worker' })
  expect([response.status, await response.text()]).toEqual([202, 'GET http://h/x?y=1 worker'])
})

it('keeps nothing of a form over the limit, neither for itself nor for the handler', async () => {
  const megabyte = new Uint8Array(1_048_576).fill(0x61)
  let pieces = 8
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (pieces-- > 0) controller.enqueue(megabyte)
      else controller.close()
    },
  })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const init: RequestInit & { duplex: 'half' } = { method: 'POST', headers, body, duplex: 'half' }
  const request = new Request('http://h/large', init)
  const handler = requireOAuth(protector)(() => new Response())
  expect((await handler(request)).status).toBe(413)
  expect(pieces).toBeLessThan(0)
  expect(await request.body?.getReader().read()).toEqual({ done: true, value: undefined })
})

it('refuses a form over the limit whose rest never comes', async () => {
  const chunks = [new Uint8Array(2_000_000)]
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = chunks.pop()
      if (chunk) controller.enqueue(chunk)
      else controller.error(new Error('The client is gone.'))
    },
  })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const init: RequestInit & { duplex: 'half' } = { method: 'POST', headers, body, duplex: 'half' }
  const handler = requireOAuth(protector)(() => new Response())
  expect((await handler(new Request('http://h/large', init))).status).toBe(413)
})
