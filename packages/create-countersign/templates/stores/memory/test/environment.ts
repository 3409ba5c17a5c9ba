import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// Loaded before the application, which reads these names at its start.
const folder = mkdtempSync(join(tmpdir(), 'oauth-test-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
process.env['CLIENTS_FILE'] = join(folder, 'clients.json')
process.env['OAUTH1_INSECURE_TRANSPORT'] = 'true'
