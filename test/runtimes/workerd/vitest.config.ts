import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { defineConfig } from 'vitest/config'
import { Oauthlib } from '../../../packages/countersign/test/protocol/oauthlib.ts'
import { present } from '../../../packages/countersign/test/services.ts'

// Workers: `vitest run --config test/runtimes/workerd/vitest.config.ts`, where `npm i --legacy-peer-deps --prefix
// .tools/runtimes` has installed @cloudflare/vitest-plugin. The suites of the core, the client, the profiles and Fetch, all
// of their tests.
const root = join(import.meta.dirname, '../../..')
const plugin = join(root, '.tools/runtimes/node_modules/@cloudflare/vitest-plugin/dist/pool/index.mjs')
const { cloudflareTest } = await import(pathToFileURL(plugin).href)

const folder = 'packages/countersign/test'
const conditions = ['countersign-source']
const common = {
  root,
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
}
const time = { testTimeout: 120_000, hookTimeout: 120_000 }

const inWorkerd = {
  ...common,
  plugins: [
    cloudflareTest({
      miniflare: {
        compatibilityDate: '2026-07-01',
        compatibilityFlags: ['nodejs_compat'],
        bindings: { oauthlibAvailable: await present('oauthlib') },
        serviceBindings: { oauthlib: askOauthlib },
      },
    }),
  ],
  resolve: {
    conditions,
    // A Worker starts no process: it asks for Python's results.
    alias: [{ find: /^.*\/oauthlib\.ts$/, replacement: join(import.meta.dirname, 'oauthlib.ts') }],
  },
  test: {
    ...time,
    name: 'in workerd',
    include: [`${folder}/{protocol,server,client,profiles}/*.test.ts`, `${folder}/adapters/fetch*.test.ts`],
    exclude: [`${folder}/adapters/fetch.test.ts`],
  },
}

// A Worker listens on no port: fetch.test.ts stays outside, and runs against the application in workerd.
const servedByWorkerd = {
  ...common,
  test: {
    ...time,
    name: 'served by workerd',
    include: [`${folder}/adapters/workerd-fetch.test.ts`],
    globalSetup: `${folder}/leftovers.ts`,
  },
}

// In workerd timers go off one a millisecond, and races.test.ts waits for thirty thousand: others run meanwhile.
export default defineConfig({ root, test: { maxWorkers: 2, projects: [inWorkerd, servedByWorkerd] } })

async function askOauthlib(request: Request): Promise<Response> {
  const { name, jobs } = (await request.json()) as { name: string; jobs: object[] }
  const oauthlib = new Oauthlib()
  try {
    return Response.json(await oauthlib.ask(name, jobs))
  } finally {
    oauthlib.close()
  }
}
