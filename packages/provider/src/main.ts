import process from 'node:process'
import { requireNode, silenceSqliteWarning } from './runtime.ts'

requireNode()
silenceSqliteWarning()
// Only now: the modules behind it need node:sqlite.
const { runCommand } = await import('./commands/command-line.ts')
process.exitCode = await runCommand(['start', ...process.argv.slice(2)])
