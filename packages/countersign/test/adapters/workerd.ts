import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { Miniflare, Response } from 'miniflare'
import { rolldown } from 'rolldown'
import { uniqueName } from '../services.ts'
import type { Harness } from './suite.ts'

const code = await bundle()

// Miniflare does not wait until its folder is removed; leftovers.ts removes the rest of this one.
const folder = join(tmpdir(), uniqueName('countersign'))
mkdirSync(folder)
process.env['TMPDIR'] = folder

/** The test application in workerd, on workerd's own HTTP server; the tests stay outside. */
export function harnessOf(framework: 'Fetch' | 'Hono', parsers: Harness['parsers']): Harness {
  return {
    name: `${framework} in workerd`,
    parsers,
    trustsProxy: false,
    fetchLimits: true,
    ownServer: true,
    async serve(app, { parser }) {
      const miniflare = new Miniflare({
        modules: [{ type: 'ESModule', path: 'worker.mjs', contents: code }],
        compatibilityDate: '2026-07-01',
        compatibilityFlags: ['nodejs_compat'],
        bindings: { framework, parser, options: { ...app.options } as Record<string, never> },
        serviceBindings: { test: () => new Response(null, { status: app.failing ? 503 : 204 }) },
        // Without the Worker that Miniflare puts in front, which rewrites URLs and headers.
        unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
        // It complains of targets that are no URL; that it does not start is thrown all the same.
        handleRuntimeStdio(stdout: Readable, stderr: Readable) {
          stdout.resume()
          stderr.resume()
        },
      })
      const { origin } = await miniflare.unsafeGetDirectURL()
      return { base: origin, close: () => miniflare.dispose() }
    },
  }
}

async function bundle(): Promise<string> {
  const bundled = await rolldown({
    input: `${import.meta.dirname}/workerd-app.ts`,
    external: /^node:/,
    platform: 'neutral',
    resolve: { conditionNames: ['countersign-source', 'workerd', 'worker', 'import', 'default'] },
  })
  const { output } = await bundled.generate({ format: 'es' })
  return output[0].code
}
