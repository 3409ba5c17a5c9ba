import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, it } from 'vitest'
import { drive } from '../drive.ts'
import { patience, type Running, start } from '../start.ts'

const root = join(import.meta.dirname, '../..')

let app: Running
beforeAll(async () => {
  // Like `npm run build`, but against the library's sources, which tsc then writes beside the application.
  const condition = 'countersign-source'
  const flags = ['--customConditions', condition, '--rewriteRelativeImportExtensions', '--rootDir', root]
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  execFileSync(process.execPath, [tsc, ...flags], { cwd: import.meta.dirname, stdio: 'inherit' })
  app = await start(import.meta.dirname, {
    flags: [`--conditions=${condition}`],
    script: 'OAUTH1_INSECURE_TRANSPORT=true node dist/examples/nestjs/src/main.js',
  })
}, patience)
afterAll(() => app?.stop())

it(
  'the NestJS example compiles and goes through the whole flow with a real client',
  () => drive(app.origin),
  patience,
)
