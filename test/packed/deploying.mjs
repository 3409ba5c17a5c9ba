// Runs the Dockerfile of docs/deploying.md without a container: its commands in empty folders, with the application of the
// guide to caches and the packed library.
//
//   node test/packed/deploying.mjs countersign-0.1.0.tgz
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cp, glob, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { drive } from '../../examples/drive.ts'
import { freePort, start } from '../../examples/start.ts'
import { instructionsOf } from '../deploying/dockerfile.ts'
import { readGuide } from '../docs/guide.ts'
import { Follower } from './follower.mjs'

const tarball = process.argv[2]
if (!tarball) throw new Error('Usage: node test/packed/deploying.mjs <tarball>')

const folder = await mkdtemp(join(tmpdir(), 'countersign-deploying-'))
const [context, image, data] = ['context', 'app', 'data'].map((name) => join(folder, name))
let app
try {
  const { steps } = await readGuide('caches')
  const isInstall = ({ kind, lines }) => kind === 'commands' && lines.some((line) => line.startsWith('npm'))
  await mkdir(context)
  const follower = await Follower.of(context, tarball)
  await follower.follow(steps.filter((step) => step.kind === 'file' || isInstall(step)))

  const { files } = await readGuide('deploying')
  await mkdir(image)
  const env = {}
  let command
  for (const { name, text } of instructionsOf(files.get('Dockerfile'))) {
    console.log(`${name} ${text}`)
    if (name === 'ENV') Object.assign(env, Object.fromEntries(text.split(' ').map((pair) => pair.split('='))))
    else if (name === 'COPY') await copy(text.split(' ').slice(0, -1))
    else if (name === 'RUN') run(text, env)
    else if (name === 'CMD') command = JSON.parse(text)
    else assert.match(name, /^(FROM|WORKDIR|USER|EXPOSE)$/)
  }

  const port = await freePort()
  const settings = `DATABASE=${data}/oauth.db OAUTH1_INSECURE_TRANSPORT=true OAUTH1_ORIGIN=http://127.0.0.1:${port}`
  // As in the image, where devConsent refuses to run.
  const production = Object.entries(env).map((pair) => pair.join('='))
  const refused = start(image, { port, script: `${production.join(' ')} ${settings} ${command.join(' ')}` })
  await assert.rejects(refused, /devConsent/)
  app = await start(image, { port, script: `${settings} ${command.join(' ')}` })
  await drive(app.origin)
  console.log(`The commands of the Dockerfile work with ${tarball} on Node ${process.versions.node}.`)
} finally {
  await app?.stop()
  await rm(folder, { recursive: true })
}

async function copy(patterns) {
  for (const pattern of patterns) {
    const names = await Array.fromAsync(glob(pattern, { cwd: context }))
    assert.notEqual(names.length, 0, pattern)
    for (const name of names) await cp(join(context, name), join(image, name))
  }
}

/** The image has the user node; this machine may not. */
function run(text, env) {
  const line = text.replace('--owner=node --group=node /var/lib/api', data)
  execFileSync('sh', ['-ec', line], { cwd: image, env: { ...process.env, ...env }, stdio: 'inherit' })
}
