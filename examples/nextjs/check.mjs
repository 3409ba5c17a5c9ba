// Drives this example in a fresh folder, with the packed library. It is outside the workspaces because npm cannot lock
// the binaries of Next.js for platforms whose packages a registry does not serve.
//
//   node examples/nextjs/check.mjs countersign-0.1.0.tgz
import { execFileSync } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { drive } from '../drive.ts'
import { freePort, start } from '../start.ts'

const tarball = process.argv[2]
if (!tarball) throw new Error('Usage: node examples/nextjs/check.mjs <tarball>')

const folder = await mkdtemp(join(tmpdir(), 'example-nextjs-'))
let app
try {
  await cp(import.meta.dirname, folder, { recursive: true })
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  manifest.dependencies.countersign = `file:${resolve(tarball)}`
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
  process.env.NEXT_TELEMETRY_DISABLED = '1'
  const options = { cwd: folder, stdio: 'inherit' }
  execFileSync('npm', ['install', '--no-audit', '--no-fund'], options)
  await check('')
  execFileSync('npx', ['tsc', '--noEmit'], options)
  await writeFile(join(folder, 'next.config.mjs'), "export default { basePath: '/base' }\n")
  await check('/base')
  console.log(`The Next.js example works with ${tarball}.`)
} finally {
  await app?.stop()
  await rm(folder, { recursive: true })
}

/** @param basePath - The part of each path that Next.js hides, so that the origin must include it. */
async function check(basePath) {
  const port = await freePort()
  const settings = `OAUTH1_INSECURE_TRANSPORT=true OAUTH1_ORIGIN=http://127.0.0.1:${port}${basePath}`
  app = await start(folder, { port, script: `${settings} node node_modules/next/dist/bin/next dev` })
  await drive(app.origin + basePath)
  await app.stop()
}
