// `npm run mutate` changes the core one small piece at a time and counts the changes that no test notices. Takes the files
// to change, for a part: `npm run mutate -- packages/countersign/src/server/nonce.ts`.
import process from 'node:process'
import { Stryker } from '@stryker-mutator/core'

const files = process.argv.slice(2)

await new Stryker({
  mutate: files.length > 0 ? files : ['packages/countersign/src/{crypto,protocol,server,client}/**/*.ts'],
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'test/mutation/vitest.config.ts', pool: 'threads' },
  coverageAnalysis: 'perTest',
  // Stryker cannot read a tsconfig.json with this TypeScript; the tests need none.
  ignorePatterns: ['tsconfig.json', 'bench', 'docs', 'examples', 'packages/provider'],
  concurrency: 2,
  tempDirName: '.stryker-tmp',
  reporters: ['progress', 'clear-text', 'json'],
  clearTextReporter: { logTests: false, reportTests: false },
  jsonReporter: { fileName: '.stryker-tmp/mutation.json' },
  thresholds: { high: 95, low: 90, break: 90 },
}).runMutationTest()
