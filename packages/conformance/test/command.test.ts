import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runConformance, type Target, type UserCommand } from '../src/index.ts'
import { type FaultyServer, openFaultyServer } from './faulty-server.ts'

describe('a user who decides by a command', () => {
  let server: FaultyServer
  beforeAll(async () => {
    server = await openFaultyServer()
  })
  afterAll(() => server.close())

  async function outcomeOf(id: string, command: UserCommand['command']) {
    const { deny: _, approveAsSecond: __, ...target } = server.target
    const { results } = await runConformance({ ...target, approve: { command } } satisfies Target, {
      only: [id],
    })
    return results[0]
  }
  const approve = [process.execPath, join(import.meta.dirname, 'approve.ts')] as const

  it.each(['flow-complete', 'flow-redirect', 'exchange-once', 'callbacks-fixed-at-start'])(
    'goes through %s',
    async (id) => {
      expect(await outcomeOf(id, approve)).toMatchObject({ id, outcome: 'passed' })
    },
  )

  it('is not asked about pages', async () => {
    expect(await outcomeOf('consent-not-framed', approve)).toMatchObject({
      outcome: 'skipped',
      reason: 'pages are looked at only where approve is given as forms',
    })
  })

  it.each([
    ['fails', ['node', '-e', 'process.exit(3)'], /Command failed/],
    ['does not exist', ['countersign-no-such-program'], /ENOENT/],
    ['prints nothing', ['node', '-e', ''], /none/],
  ] as const)('fails the flow when the command %s', async (_, [name, ...args], received) => {
    const program = name === 'node' ? process.execPath : name
    expect(await outcomeOf('flow-complete', [program, ...args])).toMatchObject({
      outcome: 'failed',
      received: expect.stringMatching(received),
    })
  })
})
