// Packs the library, the provider, the conformance suite, the command line and create-countersign as they would be published, checks the
// tarballs, and uses them from empty folders.
// Prints the tarballs' paths; `npm run package -- <folder>`, or `node scripts/package.mjs <folder>`, puts them there.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, posix, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const root = resolve(import.meta.dirname, '..')
const bin = (name) => join(root, 'node_modules/.bin', name)
if (!existsSync(bin('tsc'))) {
  // The tools are missing, or only those for `npm start` are there: run the install first.
  const again = ['scripts/setup.mjs', 'package', 'node', 'scripts/package.mjs']
  const given = process.argv.slice(2).map((folder) => resolve(folder))
  process.exit(spawnSync(process.execPath, [...again, ...given], { cwd: root, stdio: 'inherit' }).status ?? 1)
}
const target = resolve(process.argv[2] ?? mkdtempSync(join(tmpdir(), 'countersign-pack-')))
mkdirSync(target, { recursive: true })

function run(command, args, cwd = root) {
  console.log(`$ ${[command.split('/').pop(), ...args].join(' ')}`)
  return execFileSync(command, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' })
}

// TypeScript, which only the project's own Node runs; by now, that Node runs this script.
const { absoluteLinks } = await import('./absolute-links.ts')
const { guideGroups } = await import('./guide-pages.ts')

/** The guides, for the package: links to the rest of the repository become absolute. */
function writeGuides(folder, revision) {
  // What the list does not name belongs to the site.
  const listed = guideGroups().flatMap(({ pages }) => pages.map(({ path }) => path))
  const pages = ['README.md', ...listed.filter((path) => !path.startsWith('../'))]
  for (const page of pages) {
    const text = readFileSync(join(root, 'docs', page), 'utf8')
    mkdirSync(dirname(join(folder, page)), { recursive: true })
    const isGuide = (path) => path.startsWith('docs/')
    writeFileSync(join(folder, page), absoluteLinks(text, posix.join('docs', page), revision, isGuide))
  }
  for (const drawing of readdirSync(join(root, 'docs')).filter((file) => file.endsWith('.svg')))
    cpSync(join(root, 'docs', drawing), join(folder, drawing))
}

function pack(name) {
  const folder = join(root, 'packages', name)
  rmSync(join(folder, 'dist'), { recursive: true, force: true })
  run(bin('tsc'), ['-p', join(folder, 'tsconfig.build.json')])
  run(process.execPath, [join(root, 'scripts/assets.mjs'), folder])
  // From a copy, because its pages differ from the repository's.
  const copy = mkdtempSync(join(tmpdir(), 'countersign-copy-'))
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  for (const part of ['dist', 'src', 'templates', 'LICENSE', 'package.json'])
    if (existsSync(join(folder, part))) cpSync(join(folder, part), join(copy, part), { recursive: true })
  const readme = readFileSync(join(folder, 'README.md'), 'utf8')
  writeFileSync(join(copy, 'README.md'), absoluteLinks(readme, `packages/${name}/README.md`, `v${version}`))
  if (name === 'countersign') writeGuides(join(copy, 'docs'), `v${version}`)
  const [{ filename }] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', target], copy))
  rmSync(copy, { recursive: true })
  return join(target, filename.replace('@', '').replace('/', '-'))
}

/** Subpaths that use their peer's own functions; all others import without it. */
const needsPeer = ['./drizzle/', './typeorm', './nestjs']

/** Every subpath whose file imports no peer, imported with nothing but the tarball installed. */
function importWithoutPeers(tarball) {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-import-'))
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
  run('npm', ['install', '--no-audit', '--no-fund', '--omit=peer', '--loglevel=error', tarball], folder)
  const installed = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))
  if (installed.join() !== 'countersign') throw new Error(`The library brought other packages: ${installed}`)
  const { exports, peerDependencies } = JSON.parse(
    readFileSync(join(folder, 'node_modules/countersign/package.json'), 'utf8'),
  )
  let imported = 0
  for (const subpath of Object.keys(exports)) {
    if (subpath === './package.json') continue
    const name = subpath.replace('.', 'countersign')
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '-e', `await import('${name}')`],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    )
    if (status === 0) imported++
    else if (!needsPeer.some((prefix) => subpath.startsWith(prefix)))
      throw new Error(`${name} does not import:\n${stderr}`)
    else if (!Object.keys(peerDependencies).some((peer) => stderr.includes(`'${peer}`)))
      throw new Error(stderr)
  }
  writePrismaModels(folder)
  rmSync(folder, { recursive: true })
  console.log(`${imported} subpaths import with no peer installed`)
}

/** The command of Prisma's guide, verbatim. */
function writePrismaModels(folder) {
  const [, code] = /^node -e "(.*)"$/m.exec(readFileSync(join(root, 'docs/prisma.md'), 'utf8'))
  mkdirSync(join(folder, 'prisma/schema'), { recursive: true })
  run(process.execPath, ['-e', code], folder)
  const file = 'prisma/schema/oauth.prisma'
  const [written, expected] = [folder, join(root, 'examples/prisma')].map((at) =>
    readFileSync(join(at, file), 'utf8'),
  )
  if (written !== expected) throw new Error(`The command of docs/prisma.md wrote:\n${written}`)
}

/** All packages in an empty folder: the command starts, the command that it prints works, and a signal ends it. */
async function startWithNpx(...tarballs) {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-npx-'))
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...tarballs], folder)
  const env = { ...process.env, PORT: '0' }
  const child = spawn('npx', ['@countersign/cli', 'start'], { cwd: folder, env })
  const ended = once(child, 'exit')
  let printed = ''
  child.stderr.resume()
  for await (const text of child.stdout.setEncoding('utf8')) {
    printed += text
    if (printed.includes('It asks for the client secret.')) break
  }
  const command = /^ +(npx @countersign\/cli try .*)$/m.exec(printed)?.[1]
  if (command === undefined) throw new Error(`The provider printed no command:\n${printed}`)
  const [, secret] = /^ +Client secret +(\S+)$/m.exec(printed)
  const tried = spawnSync(command, {
    cwd: folder,
    shell: true,
    input: '',
    encoding: 'utf8',
    env: { ...process.env, COUNTERSIGN_CLIENT_SECRET: secret },
  })
  if (!tried.stdout.includes('/oauth/authorize?oauth_token=')) throw new Error(tried.stdout + tried.stderr)
  const { origin } = new URL(/Countersign runs at (\S+)/.exec(printed)[1])
  const page = await (await fetch(origin)).text()
  for (const [, path] of page.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)) {
    const { status, headers } = await fetch(origin + path)
    const type = headers.get('content-type')
    if (status !== 200 || !/^(?:text\/(?:css|javascript)|image\/)/.test(type))
      throw new Error(`The page refers to ${path}, whose response is ${status} with the type ${type}.`)
  }
  child.kill('SIGTERM')
  await ended
  const responds = () => fetch(origin).then(Boolean, () => false)
  for (const end = Date.now() + 30_000; await responds(); await sleep(50))
    if (Date.now() > end) throw new Error('The provider outlives the npx that was ended.')
  rmSync(folder, { recursive: true })
  console.log('npx @countersign/cli starts, its printed command works, and SIGTERM ends it')
}

/** The provider as a dependency of a test: `createProvider` listens in the importing process. */
async function createInScript(...tarballs) {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-provider-'))
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...tarballs], folder)
  const script = `import { createProvider } from '@countersign/provider'
    const provider = await createProvider({ port: 0, database: ':memory:', logLevel: 'silent' })
    console.log((await fetch(provider.address + '/healthz')).status)
    await provider.close()`
  const printed = run(process.execPath, ['--input-type=module', '-e', script], folder)
  if (printed !== '200\n') throw new Error(`createProvider does not run: ${printed}`)
  rmSync(folder, { recursive: true })
  console.log('createProvider runs from the tarball')
}

const library = pack('countersign')
run(bin('publint'), ['--strict', library])
// Node 20.19 and later load ES modules with require(); the library has no CommonJS build.
run(bin('attw'), ['--profile', 'esm-only', library])
importWithoutPeers(library)
// Each is built against the one before it.
const provider = pack('provider')
const conformance = pack('conformance')
const cli = pack('cli')
const creator = pack('create-countersign')
for (const tarball of [provider, conformance, cli, creator]) run(bin('publint'), ['--strict', tarball])
await createInScript(library, provider)
await startWithNpx(library, provider, conformance, cli)
console.log(`${library}\n${provider}\n${conformance}\n${cli}\n${creator}`)
