#!/usr/bin/env node
import process from 'node:process'
import { endWithReader, requireNode, returnToCaller, silenceSqliteWarning } from './runtime.ts'

requireNode()
silenceSqliteWarning()
returnToCaller()
endWithReader()
// Only now: these modules need node:sqlite.
const { runCommand } = await import('./command-line.ts')
process.exitCode = await runCommand(process.argv.slice(2))
