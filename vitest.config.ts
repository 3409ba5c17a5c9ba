import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const conditions = ['countersign-source']
// Some two hundred processes are started, most of them with the same drivers and sources: these are compiled once.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules/.cache/node')

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: [
      'packages/*/test/**/*.test.ts',
      'examples/*/*.test.ts',
      'docs/**/*.test.ts',
      'test/**/*.test.ts',
    ],
    globalSetup: 'packages/countersign/test/leftovers.ts',
    setupFiles: ['test/expected-errors.ts', ...('Deno' in globalThis ? ['test/runtimes/deno.ts'] : [])],
    pool: 'forks',
    // One more than there are cores: at any time some file waits for something to expire.
    maxWorkers: availableParallelism() + 1,
    execArgv: ['--conditions=countersign-source'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
