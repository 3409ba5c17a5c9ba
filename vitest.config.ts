import { defineConfig } from 'vitest/config'

const conditions = ['countersign-source']

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
    // Vitest leaves one core alone; where there are two, that is half of the machine.
    maxWorkers: '100%',
    execArgv: ['--conditions=countersign-source'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
