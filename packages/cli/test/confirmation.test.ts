import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { allowBrokenPipe } from '../../../test/support/broken-pipe.ts'
import { temporaryDirectory } from '../../provider/test/running-provider.ts'
import { jsonHere, runHere } from './in-process.ts'
import { hasTerminal } from './terminal.ts'

const directory = temporaryDirectory()
const database = join(directory.path, 'data.sqlite')
const json = jsonHere(database)
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
beforeAll(() => json('client', 'add', 'Album', '--key', 'album'))
afterAll(() => directory.remove())

/**
 * Runs a command on a separate terminal (util-linux's `script` creates one), and types the given text at its question.
 */
async function onTerminal(
  args: string,
  typed: string,
): Promise<{ readonly code: number | null; readonly shown: string }> {
  const command = `'${process.execPath}' --conditions=countersign-source '${main}' ${args} --database '${database}'`
  const child = spawn('script', ['-qec', command, '/dev/null'], { env: { ...process.env, NO_COLOR: '1' } })
  allowBrokenPipe(child.stdin)
  let shown = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    const isAsked = shown.includes('Type yes to go on: ')
    shown += text
    if (!isAsked && shown.includes('Type yes to go on: ')) child.stdin.write(typed)
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, shown }
}

if (hasTerminal()) {
  it('asks on a terminal, and does nothing after any other answer or Ctrl-C', async () => {
    const refused = await onTerminal('client remove album', 'no\r')
    expect(refused.shown).toContain('Album (album) will be removed: 0 users will lose access with it')
    expect(refused.shown).toContain('Nothing was done.')
    expect(refused.code).toBe(1)
    expect((await onTerminal('client remove album', '\u0003')).code).toBe(130)
    expect((await runHere(['client', 'show', 'album', '--database', database])).code).toBe(0)
    const done = await onTerminal('client remove album', 'yes\r')
    expect(done).toMatchObject({ code: 0, shown: expect.stringContaining('Client album removed.') })
    expect((await runHere(['client', 'show', 'album', '--database', database])).code).toBe(1)
  })
}
