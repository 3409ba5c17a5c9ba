// Node, Bun, Deno: `<runtime> test/runtimes/smoke.mjs <dist directory>`. Prints one line per check and a count; fails if one fails.
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { runChecks } from './checks.mjs'

const dist = pathToFileURL(`${process.argv[2] ?? 'packages/countersign/dist'}/`)
const load = (path) => import(new URL(path, dist).href)
const { lines, passed, failed } = await runChecks({
  core: await load('index.js'),
  memory: await load('stores/memory.js'),
  fetchAdapter: await load('adapters/fetch.js'),
})
for (const line of lines) console.log(line)
console.log(`${passed} passed, ${failed} failed`)
if (failed > 0) process.exitCode = 1
