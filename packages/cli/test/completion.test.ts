import { execFile, execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { available } from '../../countersign/test/services.ts'
import { temporaryDirectory } from '../../provider/test/running-provider.ts'
import { completionScript } from '../src/completion-script.ts'
import { runHere } from './in-process.ts'

const directory = temporaryDirectory()
const bin = join(directory.path, 'bin')
afterAll(() => directory.remove())

// As npm install --global would put it on the path.
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
mkdirSync(bin)
writeFileSync(
  join(bin, 'countersign'),
  `#!/bin/sh\nexec '${process.execPath}' --conditions=countersign-source '${main}' "$@"\n`,
)
chmodSync(join(bin, 'countersign'), 0o755)
writeFileSync(join(directory.path, 'key.pem'), '')
for (const shell of ['bash', 'zsh', 'fish']) {
  writeFileSync(join(directory.path, `completion.${shell}`), await completionScript(shell))
}
const env = { PATH: `${bin}:${process.env['PATH']}`, HOME: directory.path, TERM: 'dumb' }

async function inShell(shell: string, args: readonly string[], script: string): Promise<string> {
  const { stdout } = await promisify(execFile)(shell, [...args, script], { cwd: directory.path, env })
  return stdout
}

/** The words that are offered for the last one, without what they mean. */
async function offered(words: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await runHere(['complete', '--', ...words])
  return stdout
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(':'))
    .map((line) => line.split('\t')[0] ?? '')
}

it.each([
  [['cl'], ['client']],
  [['client', 'ro'], ['rotate']],
  [
    ['user', ''],
    ['add', 'list', 'show', 'set', 'passwd', 'invite', 'remove'],
  ],
  [['client', 'set', 'KEY', '--mo'], ['--mode']],
  [
    ['client', 'set', 'KEY', '--mode', ''],
    ['development', 'live'],
  ],
  [['client', 'set', '--mode=l'], ['live']],
  [['user', 'list', '--status', 's'], ['suspended']],
  [['completion', ''], expect.arrayContaining(['bash', 'zsh', 'fish'])],
  // Neither the names of earlier versions nor refused options.
  [['star'], []],
  [
    ['client', 'add', '--secret'],
    ['--secret-file', '--secret-stdin'],
  ],
])('offers for %j %j', async (words, expected) => {
  expect(await offered(words)).toEqual(expected)
})

it.each([
  [['client', 'add', '--rsa-public-key', '']],
  [['client', 'add', '--rsa-public-key=ke']],
  [['explain', '']],
  [['import', '--clients', 'cl']],
])('leaves %j to the shell, which knows the files', async (words) => {
  expect((await runHere(['complete', '--', ...words])).stdout).toBe(':0\n')
})

if (await available('curl')) {
  describe('bash', () => {
    /** Calls the function that bash calls for Tab, as it does: words cut at the breaks, the cursor at the end. */
    const complete = (words: readonly string[], index: number) =>
      inShell(
        'bash',
        ['--norc', '-c'],
        `source ./completion.bash && source ./completion.bash
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${index}
_countersign; printf '%s\\n' "\${COMPREPLY[@]}"`,
      )

    it('completes commands, options and values, without any package', async () => {
      const [commands, values, joined] = await Promise.all([
        complete(['countersign', 'token', 'r'], 2),
        complete(['countersign', 'client', 'set', 'KEY', '--mode', 'd'], 5),
        complete(['countersign', 'client', 'set', '--mode', '=', 'l'], 5),
      ])
      expect(commands).toBe('rotate\nrevoke\n')
      expect(values).toBe('development\n')
      expect(joined).toBe('live\n')
    })

    it('runs nothing of what stands on the line', async () => {
      const stdout = await complete(['countersign', '$(touch harmed)', ''], 2)
      expect(stdout).not.toContain('harmed')
      const listed = await promisify(execFile)('ls', [directory.path])
      expect(listed.stdout).not.toContain('harmed')
    })
  })
}

if (has('zsh')) {
  it('zsh: completes commands and values with what they mean', async () => {
    // The functions that zsh would show menus with, for a shell without a terminal.
    const ask = (line: string) =>
      inShell(
        'zsh',
        ['-f', '-c'],
        `compdef() { :; }; _describe() { (( \${#completions} )) && print -rl -- "\${completions[@]}"; }; _arguments() { print -r -- "files"; }
source ./completion.zsh
words=(${line}); CURRENT=\${#words}; _countersign`,
      )
    const [commands, files] = await Promise.all([
      ask('countersign token r'),
      ask("countersign client add --rsa-public-key ''"),
    ])
    expect(commands).toMatch(/^rotate:Replace a token.*\nrevoke:/)
    expect(files).toContain('files')
  })
}

if (has('fish')) {
  it('fish: completes commands, values and files', async () => {
    const ask = (line: string) =>
      inShell('fish', ['--no-config', '-c'], `source ./completion.fish; complete --do-complete '${line}'`)
    const [commands, values, files] = await Promise.all([
      ask('countersign token r'),
      ask('countersign client set KEY --mode '),
      ask('countersign client add --rsa-public-key ke'),
    ])
    expect(commands).toMatch(/^revoke\t/m)
    expect(commands).toMatch(/^rotate\t/m)
    expect(values).toContain('development')
    expect(files).toContain('key.pem')
  })
}

function has(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    if (process.env['COUNTERSIGN_REQUIRE_SERVICES'] === '1') throw new Error(`Tests need ${program}.`)
    // Counted as skipped, so that a run without the shell says so; `.ci/run` forbids any.
    it.skip(`left out: it needs ${program}`, () => {})
    return false
  }
}
