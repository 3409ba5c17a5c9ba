import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { drive } from '../drive.ts'
import { patience, type Running, start } from '../start.ts'

let app: Running
beforeAll(async () => {
  app = await start(import.meta.dirname, { flags: ['--conditions=countersign-source'] })
}, patience)
afterAll(() => app?.stop())

it('the Express example goes through the whole flow with a real client', () => drive(app.origin), patience)

it(
  'the client of the quick start reads /api/me with the code that the page shows',
  async () => {
    const client = spawn(process.execPath, [join(import.meta.dirname, 'client.ts'), app.origin])
    const ended = once(client, 'exit')
    let output = ''
    for await (const chunk of client.stdout) {
      output += chunk
      const address = /Open (\S+).*type the code here/s.exec(output)?.[1]
      if (address === undefined || client.stdin.writableEnded) continue
      const body = new URLSearchParams({ user: 'grace', decision: 'allow' })
      const page = await (await fetch(address, { method: 'POST', body })).text()
      client.stdin.end(`${/<code>(\w+)<\/code>/.exec(page)?.[1]}\n`)
    }
    expect(await ended).toEqual([0, null])
    expect(output).toContain('{"userId":"grace"}')
  },
  patience,
)
