import { exec, execFile } from 'node:child_process'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { readGuide } from '../docs/guide.ts'
import { root, type StartedCommand, startCommand } from './npm-start.ts'

const provider = `${process.execPath} --conditions=countersign-source packages/cli/src/main.ts start`
let started: StartedCommand | undefined
afterEach(() => started?.clear())

/** Whether a process is left in a group, or something listens on a port. */
async function isThere({ pid, port }: StartedCommand): Promise<boolean> {
  const isGroupThere = () => {
    try {
      return process.kill(-pid, 0)
    } catch {
      return false
    }
  }
  const responses = await fetch(`http://127.0.0.1:${port}/healthz`).then(
    () => true,
    () => false,
  )
  return responses || isGroupThere()
}

describe('npm start', () => {
  it.each([
    ['SIGTERM to npm', 'SIGTERM', 1],
    ['SIGINT to npm', 'SIGINT', 1],
    ['SIGTERM to all of them', 'SIGTERM', -1],
    ['Ctrl-C, which is SIGINT to all of them', 'SIGINT', -1],
  ] as const)('ends on %s, and takes the provider along', async (_, signal, target) => {
    started = await startCommand('npm', ['start'])
    expect(await isThere(started)).toBe(true)
    process.kill(target * started.pid, signal)
    // npm waits for the provider, which says how it ended.
    expect(await started.ended).toBe(0)
    expect(await isThere(started)).toBe(false)
  })

  it('prints what the README shows', async () => {
    const { steps } = await readGuide('README')
    const at = steps.findIndex((step) => step.kind === 'commands' && step.lines[0]?.startsWith('npm start'))
    const output = steps[at + 1]
    if (output?.kind !== 'output') throw new Error('The README does not show what npm start prints.')
    started = await startCommand('npm', ['start'])
    // The README leaves lines out.
    const lines = output.text.replaceAll('5849', String(started.port)).trim().split('\n')
    const printed = started.printed().split('\n')
    expect(printed.filter((line) => line !== '' && lines.includes(line))).toEqual(lines.filter(Boolean))
  })

  it('prints a command that goes through the flow where it is pasted', async () => {
    started = await startCommand('npm', ['start'])
    const line = /^ +(npm run .*)$/m.exec(started.printed())?.[1] as string
    const secret = /^ +Client secret +(\S+)$/m.exec(started.printed())?.[1]
    const { PATH, HOME } = process.env
    const env = { PATH, HOME, COUNTERSIGN_CLIENT_SECRET: secret }
    const { stdout } = await promisify(exec)(`${line} < /dev/null`, { cwd: root, env }).catch(
      (failure: { stdout: string }) => failure,
    )
    expect(stdout).toContain(`http://127.0.0.1:${started.port}/oauth/authorize?oauth_token=`)
  })

  it('takes options, and passes on how the provider failed', async () => {
    const { PATH, HOME } = process.env
    const run = promisify(execFile)('npm', ['start', '--', '--port', 'many'], {
      cwd: root,
      env: { PATH, HOME },
    })
    await expect(run).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('PORT') })
  })
})

it("ends with npm's shell, which dies of a signal and passes it on to no process", async () => {
  // As `npx` runs it.
  started = await startCommand('sh', ['-c', `${provider}; true`], { npm_lifecycle_event: 'npx' })
  process.kill(started.pid, 'SIGTERM')
  expect(await started.ended).toBe('SIGTERM')
  while (await isThere(started)) await sleep(20)
})
