import { expect, it } from 'vitest'
import { App } from './app.ts'
import { authorization } from './client.ts'
import { honoApp } from './hono-app.ts'

it.each(['none', 'before', 'after'])(
  'Hono without Node verifies a GET that has the media type of a form and no body, as the npm package oauth sends it, body parser: %s',
  async (parser) => {
    const path = '/api/echo'
    const headers = {
      authorization: authorization({ base: 'http://h', path }),
      'content-type': 'application/x-www-form-urlencoded',
    }
    const response = await honoApp(new App(), parser).request(`http://h${path}`, { headers })
    expect([response.status, await response.json()]).toMatchObject([200, { inContext: 'token0', fields: [] }])
  },
)
