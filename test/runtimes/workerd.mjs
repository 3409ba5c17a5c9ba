// Workers: `node test/runtimes/workerd.mjs <dist directory>`. Loads the built files as they are into workerd, with nodejs_compat.
import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { Miniflare } from 'miniflare'

const dist = resolve(process.argv[2] ?? 'packages/countersign/dist')

const worker = `
import { runChecks } from './checks.mjs'
import * as core from '../../dist/index.js'
import * as memory from '../../dist/stores/memory.js'
import * as fetchAdapter from '../../dist/adapters/fetch.js'
import * as client from '../../dist/client/index.js'
import * as bridge from '../../dist/bridge/index.js'
export default {
  async fetch() {
    return Response.json(await runChecks({ core, memory, fetchAdapter, client, bridge }))
  },
}
`

/** The files of the core, the bridge, the memory store and the Fetch adapter; others import their drivers and frameworks. */
async function modules() {
  const found = [
    { path: 'test/runtimes/worker.mjs', contents: worker },
    {
      path: 'test/runtimes/checks.mjs',
      contents: readFileSync(fileURLToPath(new URL('checks.mjs', import.meta.url)), 'utf8'),
    },
  ]
  const wanted =
    /^(?:index|errors|(?:crypto|protocol|server|client|diagnose|bridge)\/.*|stores\/(?:(?:memory|shared)\/.*|memory|cache)|adapters\/(?:fetch|shared\/.*))\.js$/
  for (const file of await readdir(dist, { recursive: true })) {
    if (!wanted.test(file)) continue
    const path = join(dist, file)
    found.push({ path: `dist/${relative(dist, path)}`, contents: readFileSync(path, 'utf8') })
  }
  return found.map((module) => ({ type: 'ESModule', ...module }))
}

const miniflare = new Miniflare({
  modules: await modules(),
  compatibilityDate: '2026-07-01',
  compatibilityFlags: ['nodejs_compat'],
  log: undefined,
})
try {
  const response = await miniflare.dispatchFetch('http://localhost/')
  const text = await response.text()
  if (response.status !== 200) throw new Error(text)
  const { lines, passed, failed } = JSON.parse(text)
  for (const line of lines) console.log(line)
  console.log(`${passed} passed, ${failed} failed`)
  if (failed > 0) process.exitCode = 1
} finally {
  await miniflare.dispose()
}
