// `node scripts/setup.mjs start node main.ts`: installs what `npm start` needs if it is missing, then runs the
// remaining arguments with the project's own Node. One process for both, because a shell remembers where it found
// `node` before the install. Plain JavaScript for any Node that npm runs on.
import process from 'node:process'
import { allInstalled, installAll, installProvider, providerInstalled } from './install.mjs'
import { exitCodeOf, isTooOld, nodeVersion, projectEnv, run, signalAll } from './programs.mjs'

const [script, command, ...args] = process.argv.slice(2)
const isProvider = script === 'start' || script === 'countersign'
/** `countersign` prints results to standard output; other scripts print for people there. */
const say = script === 'countersign' ? console.error : console.log

let stoppedBy
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    // A Ctrl-C reaches every process, and npm sends a second copy.
    if (stoppedBy === signal) return
    stoppedBy = signal
    // Ctrl-C reaches every process of a terminal anyway, and Vitest treats a second one as a forced exit.
    if (signal === 'SIGTERM' || isProvider) signalAll(signal)
  })
}

if (isProvider ? !providerInstalled() : !allInstalled()) {
  say(`Installing what npm ${script === 'start' ? 'start' : `run ${script}`} needs; this happens once.`)
  const began = Date.now()
  const progress = setInterval(() => {
    say(`Still installing, ${Math.round((Date.now() - began) / 1000)} seconds so far.`)
  }, 3000)
  const code = await (isProvider ? installProvider() : installAll())
  clearInterval(progress)
  if (stoppedBy !== undefined) process.exit(exitCodeOf(stoppedBy))
  if (code !== 0) {
    console.error('The install failed. Check that this machine reaches an npm registry, then run it again.')
    process.exit(code)
  }
  say(`Installed in ${Math.round((Date.now() - began) / 1000)} seconds.`)
}

const version = nodeVersion(projectEnv)
if (isTooOld(version)) {
  console.error(
    `The sources run as they are on Node 22.18 or newer; found ${version || 'no node'}. Install a newer one from nodejs.org.`,
  )
  process.exit(1)
}
process.exit(await run(command, args, { env: projectEnv, stdio: 'inherit' }))
