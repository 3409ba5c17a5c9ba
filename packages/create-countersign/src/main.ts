#!/usr/bin/env node
import process from 'node:process'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(`The project needs Node 22.18 or newer; this is Node ${process.versions.node}.\n`)
  process.exit(1)
}
// A reader that leaves early, such as `head`: the status is that of the shell for SIGPIPE.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(141)
})
// Only now: an older Node lacks functions that these modules import.
const { runCommand } = await import('./command-line.ts')
process.exitCode = await runCommand(process.argv.slice(2))
