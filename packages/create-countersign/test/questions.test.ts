import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { expect, it } from 'vitest'
import { allowBrokenPipe } from '../../../test/support/broken-pipe.ts'
import { hasTerminal } from '../../cli/test/terminal.ts'
import { emptyFolder, program } from './running.ts'

const folder = emptyFolder()
const down = '\u001b[B'
const enter = '\r'
/** Deletes what was typed. */
const clear = '\u0015'

/** Runs the program on a terminal; each question is answered with keys once it is shown. */
async function answer(args: string, questions: readonly (readonly [question: string, keys: string])[]) {
  // A terminal of no width, which `script` gives otherwise, has a line for each letter.
  const command = `stty cols 100 rows 40; '${process.execPath}' '${program}' ${args}`
  const env = { ...process.env, NO_COLOR: '1' }
  const child = spawn('script', ['-qec', command, '/dev/null'], { cwd: folder, env })
  allowBrokenPipe(child.stdin)
  const waiting = [...questions]
  let shown = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    shown += text
    const [next] = waiting
    if (next === undefined || !shown.includes(next[0])) return
    waiting.shift()
    child.stdin.write(next[1])
  })
  const [code] = await once(child, 'close')
  return { code, shown, unasked: waiting.length }
}

if (hasTerminal()) {
  it('asks for the folder, the framework, the store and the language', async () => {
    const { code, shown, unasked } = await answer('', [
      ['Which folder?', `asked${enter}`],
      ['Which framework?', down + enter],
      ['Where are clients and tokens kept?', down + enter],
      ['Which language style?', down + down + enter],
    ])
    expect([code, unasked]).toEqual([0, 0])
    expect(shown).toContain('--framework fastify --store sqlite --language javascript')
    expect(readFileSync(join(folder, 'asked/src/app.js'), 'utf8')).toContain("'countersign/fastify'")
  })

  it('refuses a folder at the question, with the reason, and takes the next one', async () => {
    mkdirSync(join(folder, 'full'))
    writeFileSync(join(folder, 'full/file'), '')
    const { code, shown, unasked } = await answer('-f nestjs -s memory', [
      ['Which folder?', `a/My App${enter}`],
      ['it has capital letters', `${clear}full${enter}`],
      ['full is not empty', `${clear}typed${enter}`],
    ])
    expect([code, unasked]).toEqual([0, 0])
    expect(shown).toContain('typed: ')
  })

  it('takes a folder of any name at the question, where the package has another', async () => {
    const { code, unasked } = await answer('-f nestjs -s memory --name my-app', [
      ['Which folder?', `.${enter}`],
      ['. is not empty', `${clear}My App${enter}`],
    ])
    expect([code, unasked]).toEqual([0, 0])
    expect(JSON.parse(readFileSync(join(folder, 'My App/package.json'), 'utf8')).name).toBe('my-app')
  })

  it('asks for what no flag says, and nothing that has one answer', async () => {
    const { code, shown, unasked } = await answer('flags --framework nestjs', [
      ['Where are clients and tokens kept?', enter],
    ])
    expect([code, unasked]).toEqual([0, 0])
    expect(shown).not.toMatch(/Which (?:folder|framework|language)/)
    expect(shown).toContain('--framework nestjs --store memory --language compiled')
  })

  it('offers the frameworks that can have the given store and language', async () => {
    const { shown } = await answer('offered --store memory --language compiled', [
      ['Which framework?', enter],
    ])
    expect(shown).toContain('NestJS 12')
    expect(shown).not.toContain('Next.js')
  })

  it('asks nothing with --yes', async () => {
    expect(await answer('silent --yes', [])).toMatchObject({
      code: 0,
      shown: expect.not.stringContaining('?'),
    })
  })

  it('writes nothing when it is cancelled, and ends with 1', async () => {
    const { code, shown } = await answer('cancelled', [['Which framework?', '\u0003']])
    expect(code).toBe(1)
    expect(shown).toContain('Nothing was written.')
    expect(readdirSync(folder)).not.toContain('cancelled')
  })

  it('refuses a full folder before it asks', async () => {
    const { code, shown } = await answer('. --name my-api', [])
    expect(code).toBe(1)
    expect(shown).toContain('is not empty')
    expect(shown).not.toContain('Which framework?')
  })
}
