// The fast suites of the core, as mutation testing runs them: once per mutant.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('../..', import.meta.url))
const library = `${root}packages/countersign/`
const { exports } = JSON.parse(readFileSync(`${library}package.json`, 'utf8')) as {
  exports: Record<string, { 'countersign-source': string } | string>
}

export default defineConfig({
  root,
  resolve: {
    // Stryker mutates a copy of the tree, and the workspace link in node_modules leads to the original.
    alias: Object.entries(exports).map(([path, target]) => ({
      find: new RegExp(`^countersign${path.slice(1)}$`),
      replacement: library + (typeof target === 'string' ? target : target['countersign-source']),
    })),
  },
  test: {
    dir: root,
    include: ['packages/countersign/test/{crypto,protocol,server,client,dev}/**/*.test.ts'],
    // What starts Python, counts the work of long inputs, races fifty users, or is for the compiler.
    exclude: [
      '**/protocol/{oauthlib,long-input}.test.ts',
      '**/client/peers.test.ts',
      '**/work/*.test.ts',
      '**/server/{races,types}.test.ts',
    ],
    // One load of the sources serves all files of a run.
    isolate: false,
    setupFiles: 'test/expected-errors.ts',
  },
})
