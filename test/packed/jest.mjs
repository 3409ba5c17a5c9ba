// Runs Jest as docs/jest.md says, in an empty folder with the packed library, and `require` without Jest.
//
//   node test/packed/jest.mjs countersign-0.1.0.tgz
import { execFileSync, spawnSync } from 'node:child_process'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'

const tarball = process.argv[2]
if (!tarball) throw new Error('Usage: node test/packed/jest.mjs <tarball>')

const root = join(import.meta.dirname, '../..')
const packages = [
  '@swc/core@1.16.22',
  '@swc/jest@0.2.39',
  'express@5.3.0',
  'jest@30.5.2',
  'ts-jest@29.4.15',
  'typescript@5.9.3',
]
/** Whether Jest can `require` ES modules on this Node. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const isNative = major > 24 || (major === 24 && minor >= 9)

/** The application of the guide, in CommonJS. */
const commonJs = `const express = require('express')
const { ResourceProtector } = require('countersign')
const { requireOAuth } = require('countersign/express')
const { memoryHooks } = require('countersign/memory')
const protector = new ResourceProtector({ hooks: memoryHooks() })
exports.app = express().get('/api/me', requireOAuth(protector), (_req, res) => res.json({}))
`
const commonJsTest = `const { app } = require('./app.cjs')
test('an unsigned request is refused', async () => {
  const server = app.listen(0)
  const { status } = await fetch('http://localhost:' + server.address().port + '/api/me')
  server.close()
  expect(status).toBe(401)
})
`
const typeScriptTest = commonJsTest
  .replace("const { app } = require('./app.cjs')", "import { app } from './typed'")
  .replace('server.address()', '(server.address() as { port: number })')
const typeScript = `import { ResourceProtector } from 'countersign'
import { requireOAuth } from 'countersign/express'
import { memoryHooks } from 'countersign/memory'
const express = require('express')
const protector = new ResourceProtector({ hooks: memoryHooks() })
export const app = express().get('/api/me', requireOAuth(protector), (_req: object, res: any) => res.json({}))
declare const require: (name: string) => any
`
const withTsJest = {
  preset: 'ts-jest/presets/js-with-ts',
  transformIgnorePatterns: ['/node_modules/(?!countersign/)'],
}
const tsconfig = {
  compilerOptions: { target: 'es2023', module: 'node20', isolatedModules: true, allowJs: true, strict: true },
}

const folder = await mkdtemp(join(tmpdir(), 'try-jest-'))
try {
  await cp(join(root, 'examples/jest'), folder, { recursive: true })
  await writeFile(join(folder, 'app.cjs'), commonJs)
  await writeFile(join(folder, 'app.test.cjs'), commonJsTest)
  await writeFile(join(folder, 'typed.ts'), typeScript)
  await writeFile(join(folder, 'typed.test.ts'), typeScriptTest)
  await writeFile(join(folder, 'none.json'), JSON.stringify({ transform: {} }))
  await writeFile(join(folder, 'ts-jest.json'), JSON.stringify(withTsJest))
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true }))
  const options = ['--ignore-scripts', '--save-exact', '--no-audit', '--no-fund', '--silent']
  execFileSync('npm', ['install', ...options, resolve(tarball), ...packages], {
    cwd: folder,
    stdio: 'inherit',
  })

  node(['-e', "require('./app.cjs')"])
  jest('none.json', 'app.test.mjs', '--experimental-vm-modules')
  if (isNative) jest('none.json', 'app.test.cjs', '--experimental-vm-modules')
  for (const test of ['app.test.cjs', 'typed.test.ts']) jest('jest.config.json', test)
  jest('ts-jest.json', 'typed.test.ts')
  console.log(`jest: the guide works with ${tarball} on Node ${process.versions.node}.`)
} finally {
  await rm(folder, { recursive: true })
}

/** Runs one test file; it must pass. */
function jest(config, test, flags = '') {
  console.log(`$ NODE_OPTIONS=${flags} jest --config ${config} ${test}`)
  node(['node_modules/jest/bin/jest.js', '--config', config, '--runTestsByPath', test], flags)
}

function node(args, flags = '') {
  const env = { ...process.env, NODE_OPTIONS: flags }
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
}
