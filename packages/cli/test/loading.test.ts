import { execFile } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const main = join(import.meta.dirname, '../src/main.ts')

/** Prints the address of every module that is loaded, on standard error. */
const reporter = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module'
  registerHooks({
    load(url, context, next) {
      process.stderr.write(url + '\\n')
      return next(url, context)
    },
  })`)}`

async function modulesOf(...args: readonly string[]): Promise<string[]> {
  const flags = ['--import', reporter, '--conditions=countersign-source']
  const env = { ...process.env, COUNTERSIGN_CLIENT_SECRET: 'secret' }
  const { stderr } = await promisify(execFile)(process.execPath, [...flags, main, ...args], { env })
  return stderr.split('\n').filter((line) => line.startsWith('file:'))
}

const isOfProvider = (url: string) =>
  /\/packages\/(?:provider|conformance)\/|\/node_modules\/(?:kysely|zod|pino)\//.test(url) &&
  !/\/(?:input-error|shell-word)\.ts$/.test(url)

it.each([
  ['--version'],
  ['--help'],
  ['gateway', 'check', '--help'],
  ['completion', 'bash'],
  ['sign', '--key', 'album', 'https://a.example/'],
])('countersign %s loads neither the provider nor the suite, which are most of the code', async (...args) => {
  const modules = await modulesOf(...args)
  expect(modules.some((url) => url.endsWith('/cli/src/commands/serve.ts'))).toBe(true)
  expect(modules.filter(isOfProvider)).toEqual([])
})

it('a command that reads settings of the provider loads it', async () => {
  const modules = await modulesOf('config', 'check')
  expect(modules.filter(isOfProvider).length).toBeGreaterThan(100)
})
