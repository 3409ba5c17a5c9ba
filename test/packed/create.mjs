// Creates projects with the packed create-countersign, in every framework and every language style and over every store;
// checks their types, runs their tests, and starts one of each framework. They share one install of all that they depend
// on; one more is installed alone, from its own package.json.
//
//   node test/packed/create.mjs countersign-0.1.0.tgz create-countersign-0.1.0.tgz
//   node test/packed/create.mjs countersign-0.1.0.tgz create-countersign-0.1.0.tgz --all    every possible project
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs, promisify } from 'node:util'
import { freePort } from '../../examples/start.ts'
import {
  frameworks,
  languagesFor,
  namesOf,
  storesFor,
} from '../../packages/create-countersign/src/choices.ts'
import { allowBrokenPipe } from '../support/broken-pipe.ts'
import { Databases } from './databases.ts'

const { positionals, values } = parseArgs({ allowPositionals: true, options: { all: { type: 'boolean' } } })
const [library, creator] = positionals.map((file) => resolve(file))
if (!library || !creator)
  throw new Error('Usage: node test/packed/create.mjs <library> <create-countersign> [--all]')

/** Framework, store, language: every framework over at least two stores, every store, and every language style. */
const usual = [
  ['nextjs', 'memory', 'typescript'],
  ['nextjs', 'kysely-postgres', 'javascript'],
  ['worker', 'memory', 'javascript'],
  ['worker', 'd1', 'typescript'],
  ['worker', 'd1', 'javascript'],
  ['nestjs', 'typeorm-postgres', 'compiled'],
  ['nestjs', 'prisma-mysql', 'compiled'],
  ['express', 'memory', 'typescript'],
  ['express', 'kysely-mysql', 'compiled'],
  ['express', 'prisma-sqlite', 'javascript'],
  ['fastify', 'kysely-postgres', 'typescript'],
  ['fastify', 'drizzle-sqlite', 'javascript'],
  ['hono', 'kysely-sqlite', 'javascript'],
  ['hono', 'drizzle-postgres', 'compiled'],
  ['koa', 'prisma-sqlite', 'compiled'],
  ['koa', 'typeorm-mysql', 'typescript'],
  ['koa', 'memory', 'javascript'],
  ['node', 'sqlite', 'javascript'],
  ['node', 'drizzle-mysql', 'javascript'],
  ['node', 'sqlite', 'typescript'],
  ['fetch', 'prisma-postgres', 'typescript'],
  ['fetch', 'typeorm-sqlite', 'javascript'],
]
const every = namesOf(frameworks).flatMap((framework) =>
  storesFor(framework).flatMap((store) =>
    languagesFor(framework).map((language) => [framework, store, language]),
  ),
)
const list = values.all ? every : usual

const exec = promisify(execFile)
const root = await mkdtemp(join(tmpdir(), 'create-countersign-'))
const databases = new Databases()
const env = {
  ...process.env,
  NEXT_TELEMETRY_DISABLED: '1',
  WRANGLER_SEND_METRICS: 'false',
  PRISMA_HIDE_UPDATE_MESSAGE: '1',
  // Prisma would download its schema engine, which generating does not use: any file that exists stands in for it.
  PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
}
try {
  await run(root, 'npm', 'install', '--no-save', ...quiet(), creator)
  const projects = []
  for (const [framework, store, language] of list) {
    const folder = await create(`${framework}-${store}-${language}`, framework, store, language)
    // A Worker registers clients in a way that depends on its store.
    const kind = framework === 'worker' ? `worker over ${store}` : framework
    const isFirst = !projects.some((project) => project.kind === kind)
    projects.push({ folder, framework, store, kind, isFirst })
  }
  await installAll(projects.map(({ folder }) => folder))
  console.log(`${projects.length} projects, and one install of what they depend on (${seconds()} s)`)
  const waiting = [...projects]
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await check(next)
  }
  await Promise.all([work(), work()])
  await installAlone()
  console.log(
    `create-countersign: ${projects.length + 1} projects work on Node ${process.versions.node} (${seconds()} s).`,
  )
} finally {
  await databases.removeAll()
  await rm(root, { recursive: true, force: true })
}

/** @returns The folder of the new project. */
async function create(name, framework, store, language) {
  // Next.js has a TypeScript of its own beside the projects.
  const folder = join(framework === 'nextjs' ? 'next' : 'projects', name)
  const flags = ['--framework', framework, '--store', store, '--language', language]
  await run(root, process.execPath, 'node_modules/create-countersign/dist/main.js', folder, ...flags)
  return join(root, folder)
}

/** In the versions that the packages name at least: those that this repository is tested with. */
async function installAll(folders) {
  const all = {}
  for (const folder of folders) {
    const { dependencies, devDependencies } = await manifestOf(folder)
    for (const [name, range] of Object.entries({ ...dependencies, ...devDependencies })) {
      const isNext = name === 'typescript' && folder.startsWith(join(root, 'next'))
      all[isNext ? 'typescript-for-next' : name] = isNext
        ? `npm:typescript@${range.slice(1)}`
        : range.slice(1)
    }
  }
  const manifest = {
    private: true,
    dependencies: { ...all, countersign: `file:${library}`, 'create-countersign': `file:${creator}` },
    overrides: { 'better-sqlite3': all['better-sqlite3'] },
  }
  await writeFile(join(root, 'package.json'), JSON.stringify(manifest))
  await run(root, 'npm', 'install', ...quiet())
  if (all['typescript-for-next'])
    await cp(join(root, 'node_modules/typescript-for-next'), join(root, 'next/node_modules/typescript'), {
      recursive: true,
    })
}

/** Types, test, and for the first of a framework what `npm start` starts, with the commands for clients. */
async function check({ folder, framework, store, kind, isFirst }) {
  const database = await databases.create(store, folder)
  const own = database === undefined ? env : { ...env, DATABASE_URL: database }
  const script = (name, ...args) => run(folder, 'npm', 'run', '--silent', name, ...args, own)
  if (store.startsWith('prisma-')) {
    await script('postinstall')
    await databases.migratePrisma(database, folder)
  }
  // The settings of TypeScript are complete: Next.js would write what it misses into them.
  const settings = await readFile(join(folder, 'tsconfig.json'), 'utf8')
  await script('types')
  await requirePass(await script('test'))
  if (framework === 'nextjs') await script('types')
  if ((await readFile(join(folder, 'tsconfig.json'), 'utf8')) !== settings)
    throw new Error(`${folder}: its tsconfig.json was changed.`)
  if (isFirst) {
    if (store === 'd1') await script('migrate')
    // Wrangler reads the clients once, when it starts.
    const early = kind === 'worker over memory' ? await register(folder, own) : undefined
    await startOnce(folder, framework, own, async (origin) => {
      await tryAs(early ?? (await register(folder, own)), folder, origin, own)
    })
  }
  console.log(
    `${folder.slice(root.length + 1)}: types, test${isFirst ? ', start, client, try' : ''} (${seconds()} s)`,
  )
}

function requirePass(printed) {
  if (!/^. pass 3$/m.test(printed) || !/^. fail 0$/m.test(printed)) throw new Error(printed)
}

/**
 * A signature is demanded by what `npm start` starts, and by nothing else that listens there.
 *
 * @param use - What else is tried while it runs; gets its origin.
 */
async function startOnce(folder, framework, own, use = async () => {}) {
  const port = await freePort()
  const args = framework === 'worker' ? ['--', '--port', String(port)] : []
  const settings = { ...own, PORT: String(port), OAUTH1_ORIGIN: `http://localhost:${port}` }
  const child = spawn('npm', ['start', ...args], { cwd: folder, env: settings, detached: true })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (printed += text))
  const ended = once(child, 'exit')
  const challenge = () =>
    fetch(`http://localhost:${port}/api/me`).then(
      ({ status, headers }) => `${status} ${headers.get('www-authenticate')}`,
      () => undefined,
    )
  try {
    let found = await challenge()
    for (; found === undefined; found = await challenge()) {
      if (child.exitCode !== null) throw new Error(`${folder} did not start:\n${printed}`)
      await sleep(100)
    }
    if (found !== '401 OAuth realm="OAuth"') throw new Error(`${folder}: ${found}\n${printed}`)
    await use(`http://localhost:${port}`)
  } finally {
    // npm, and what it started.
    if (child.exitCode === null) process.kill(-child.pid)
    await ended
  }
}

/** Registers a client by the project's own command, which a second time refuses. Returns the client's secret. */
async function register(folder, own) {
  const command = ['npm', 'run', '--silent', 'client', '--', '--name', 'printer']
  const registered = await run(folder, ...command, own)
  const again = await run(folder, ...command, own).catch(({ message }) => message)
  if (!again.includes('There is a client named printer already.')) throw new Error(again)
  const [, secret] = /^ +npm run try -- --name printer --secret=(\S+)$/m.exec(registered) ?? []
  if (secret === undefined) throw new Error(registered)
  return secret
}

/** Goes through the three legs by the command that `npm run client` prints, and revokes the token. */
async function tryAs(secret, folder, origin, own) {
  const flags = ['--name', 'printer', `--secret=${secret}`, '--origin', origin]
  const child = spawn('npm', ['run', '--silent', 'try', '--', ...flags], { cwd: folder, env: own })
  allowBrokenPipe(child.stdin)
  const ended = once(child, 'exit')
  child.stderr.resume()
  let printed = ''
  const isWaiting = { code: true, revocation: true }
  for await (const text of child.stdout.setEncoding('utf8')) {
    printed += text
    const address = /Open (\S+) and press Allow[\s\S]*Type the code/.exec(printed)?.[1]
    if (address !== undefined && isWaiting.code) {
      isWaiting.code = false
      const body = new URLSearchParams({ user: 'ada', decision: 'allow' })
      const page = await (await fetch(address, { method: 'POST', body })).text()
      child.stdin.write(`${/<code[^>]*>([^<]+)<\/code>/.exec(page)?.[1]}\n`)
    }
    if (printed.includes('Revoke the token?') && isWaiting.revocation) {
      isWaiting.revocation = false
      child.stdin.end('y\n')
    }
  }
  await ended
  for (const part of ['signed: 200 {"userId":"ada"}', 'DELETE /api/token: 204.', 'signed as before: 401.'])
    if (!printed.includes(part)) throw new Error(`npm run try printed no "${part}":\n${printed}`)
}

/** As a user has it: its own package.json, npm's own order, and the commands that the README begins with. */
async function installAlone() {
  const alone = await mkdtemp(join(tmpdir(), 'create-alone-'))
  try {
    const folder = join(alone, 'my-api')
    await mkdir(folder)
    const tool = join(root, 'node_modules/create-countersign/dist/main.js')
    await run(folder, process.execPath, tool, '.', '--framework', 'fastify', '--store', 'kysely-sqlite')
    const manifest = await manifestOf(folder)
    manifest.dependencies.countersign = `file:${library}`
    await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
    await run(folder, 'npm', 'install', ...quiet())
    await run(folder, 'npm', 'run', '--silent', 'types')
    requirePass(await run(folder, 'npm', 'test'))
    await startOnce(folder, 'fastify', env, async (origin) => {
      await tryAs(await register(folder, env), folder, origin, env)
    })
    console.log(`Alone, from its own package.json: install, types, test, start, client, try (${seconds()} s)`)
  } finally {
    await rm(alone, { recursive: true })
  }
}

async function manifestOf(folder) {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
}

function quiet() {
  return ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
}

/** Runs a program; the last argument may be its environment. Returns what it prints. */
async function run(cwd, command, ...args) {
  const own = typeof args.at(-1) === 'object' ? args.pop() : env
  try {
    const { stdout } = await exec(command, args, { cwd, env: own, maxBuffer: 2 ** 26 })
    return stdout
  } catch (error) {
    throw new Error(`${cwd}$ ${command} ${args.join(' ')}\n${error.stdout}\n${error.stderr}`)
  }
}

function seconds() {
  return Math.round(process.uptime())
}
