import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'

it('the tests for node:test pass', () => {
  const flags = ['--conditions=countersign-source', '--test', '--test-reporter=tap', 'me.spec.ts']
  const { NODE_OPTIONS: _, ...env } = process.env
  const report = execFileSync(process.execPath, flags, { cwd: import.meta.dirname, encoding: 'utf8', env })
  expect(report).toMatch(/^# pass 2$/m)
})
