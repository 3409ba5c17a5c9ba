// Follows a guide to the letter, as a new user would: an empty folder, the guide's own install lines with the packed
// library, the guide's files and commands, its type check, and a real client for the whole flow.
//
//   node test/packed/try.mjs countersign-0.1.0.tgz express
//   node test/packed/try.mjs countersign-0.1.0.tgz README
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { Browser } from '../../examples/consent/browser.ts'
import {
  drive,
  driveClient,
  driveRevocation,
  temporaryCredentials,
  tokenCredentials,
} from '../../examples/drive.ts'
import { start } from '../../examples/start.ts'
import { readGuide } from '../docs/guide.ts'

const [tarball, name] = process.argv.slice(2)
if (!tarball || !name) throw new Error('Usage: node test/packed/try.mjs <tarball> <guide, or README>')

const root = join(import.meta.dirname, '../..')
const guide = await readGuide(name)
const quickStart = await readGuide('quick-start')
const { devDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
/** The versions that the workspace is tested with, and of what it does without. */
const versions = { ...devDependencies, '@types/better-sqlite3': '7.6.13', 'drizzle-kit': '0.31.11' }
const commands = guide.shell.flat()

const folder = await mkdtemp(join(tmpdir(), `try-${name}-`))
const env = {
  ...process.env,
  npm_config_ignore_scripts: 'true',
  npm_config_save_exact: 'true',
  // Prisma would download its schema engine, which generating does not use: any file that exists stands in for it.
  PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
}
let app
try {
  await install(commands.filter((line) => /^npm (init|install)\b/.test(line)))
  for (const [file, text] of guide.files) await write(file, text)
  const run = guide.shell.find((lines) => /\bnode \S*server\.ts$|\bnode dist\//.test(lines.at(-1)))
  for (const line of commands.filter((line) => /^(npx|node -e) /.test(line))) {
    if (line.startsWith('npx prisma migrate')) await migratePrisma()
    else execute(line)
  }
  await checkTypes()

  app = await start(folder, { script: run.at(-1) })
  if (name === 'consent-page') await signInAndAllow(app.origin)
  // The client of the README's sample registered no callback: it takes codes alone.
  else if (name !== 'README') await drive(app.origin)
  if (guide.text.includes("app.delete('/api/token'")) await driveRevocation(app.origin)
  if (name === 'README' || name === 'quick-start') {
    await write('client.ts', quickStart.files.get('client.ts'))
    await driveClient(join(folder, 'client.ts'), app.origin)
  }
  console.log(`${name}: the guide works with ${tarball} on Node ${process.versions.node}.`)
} finally {
  await app?.stop()
  await rm(folder, { recursive: true })
}

/** The page of this guide asks who it is first. */
async function signInAndAllow(origin) {
  const temporary = await temporaryCredentials(origin)
  const browser = new Browser()
  const signIn = await browser.open(`${origin}/oauth/authorize?oauth_token=${temporary.key}`)
  const question = await browser.submit(signIn, { name: 'ada', password: 'difference engine' })
  const redirect = await browser.submit(question, { decision: 'allow' })
  const verifier = new URL(redirect.headers.get('location')).searchParams.get('oauth_verifier')
  await tokenCredentials(origin, temporary, verifier)
}

/** @param lines - The guide's install lines. */
async function install(lines) {
  for (const line of lines) {
    execute(line.startsWith('npm install') ? pinned(line) : line)
    // TypeORM and Prisma ask for an older one, which a compiler has to build.
    if (line.startsWith('npm init'))
      execute(`npm pkg set overrides.better-sqlite3=${versions['better-sqlite3']}`)
  }
}

/** With the tsconfig.json of the guide, or of the quick start. */
async function checkTypes() {
  if (!guide.files.has('tsconfig.json')) {
    await write('tsconfig.json', quickStart.files.get('tsconfig.json'))
    const own = /`(npm install --save-dev @types\/[^`]*)`/.exec(guide.text)?.[1]
    const usual = quickStart.shell.flat().find((line) => line.includes('--save-dev typescript'))
    for (const line of [usual, own]) if (line) execute(pinned(line))
  }
  execute('npx tsc')
}

/** What `prisma migrate` does; it needs an engine that it downloads. */
async function migratePrisma() {
  const { DatabaseSync } = await import('node:sqlite')
  const database = new DatabaseSync(join(folder, 'dev.sqlite'))
  database.exec(await readFile(join(root, 'examples/prisma/prisma/migrations/0_init/migration.sql'), 'utf8'))
  database.close()
}

async function write(file, text) {
  await mkdir(dirname(join(folder, file)), { recursive: true })
  await writeFile(join(folder, file), text)
}

function execute(line) {
  console.log(`$ ${line}`)
  execFileSync('sh', ['-ec', line], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] })
}

/** The guide's install line with the packed library, and with the versions that were tested. */
function pinned(line) {
  return line
    .split(' ')
    .map((word) => {
      if (word === 'countersign') return resolve(tarball)
      return versions[word] ? `${word}@${versions[word]}` : word
    })
    .join(' ')
}
