// Follows a guide to the letter, as a new user would: an empty folder, each file and each command of the page in their
// order, with the packed library in place of the registry's; then its type check, and a real client for the whole flow.
//
//   node test/packed/try.mjs countersign-0.1.0.tgz express
//   node test/packed/try.mjs countersign-0.1.0.tgz README
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { Browser } from '../../examples/consent/browser.ts'
import {
  drive,
  driveClient,
  driveRevocation,
  temporaryCredentials,
  tokenCredentials,
} from '../../examples/drive.ts'
import { readGuide } from '../docs/guide.ts'
import { Follower } from './follower.mjs'

const [tarball, name] = process.argv.slice(2)
if (!tarball || !name) throw new Error('Usage: node test/packed/try.mjs <tarball> <guide, or README>')

const guide = await readGuide(name)
const quickStart = await readGuide('quick-start')
const isReadme = /(^|\/)README$/.test(name)

const folder = await mkdtemp(join(tmpdir(), 'countersign-try-'))
const follower = await Follower.of(folder, tarball)
try {
  await follower.follow(guide.steps)
  // The types of a Worker are its own tool's.
  if (name !== 'worker') await checkTypes()
  const { origin } = follower.app
  if (name === 'consent-page') await signInAndAllow(origin)
  // The client of the README's sample registered no callback: it takes codes alone.
  else if (!isReadme) await drive(origin)
  if (guide.text.includes("app.delete('/api/token'")) await driveRevocation(origin)
  if (isReadme) {
    await follower.write('client.ts', quickStart.files.get('client.ts'))
    await driveClient(join(folder, 'client.ts'), origin)
  }
  console.log(`${name}: the guide works with ${tarball} on Node ${process.versions.node}.`)
} finally {
  await follower.app?.stop()
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

/** With the tsconfig.json of the guide, or of the quick start. */
async function checkTypes() {
  if (!guide.files.has('tsconfig.json')) {
    await follower.write('tsconfig.json', quickStart.files.get('tsconfig.json'))
    const own = /`(npm install --save-dev @types\/[^`]*)`/.exec(guide.text)?.[1]
    const usual = quickStart.shell.flat().find((line) => line.includes('--save-dev typescript'))
    for (const line of [usual, own]) if (line) await follower.run(line)
  }
  await follower.run('npx tsc')
}
