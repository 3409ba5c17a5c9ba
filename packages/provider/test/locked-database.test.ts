import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, it } from 'vitest'
import { runProvider, temporaryDirectory } from './running-provider.ts'
import { signer } from './signer.ts'

const directory = temporaryDirectory()
const file = join(directory.path, 'data', 'countersign.sqlite')
afterAll(() => directory.remove())

/** Another process that holds the write lock until it is told to give it back. */
async function holdLock() {
  const program = `
    const { DatabaseSync } = require('node:sqlite')
    const database = new DatabaseSync(process.argv[1])
    database.exec('begin immediate')
    process.stdout.write('held')
    process.stdin.on('end', () => { database.exec('rollback'); database.close() }).resume()`
  const holder = spawn(process.execPath, ['--eval', program, file])
  holder.stderr.resume()
  await once(holder.stdout, 'data')
  return async () => {
    holder.stdin.end()
    await once(holder, 'close')
  }
}

it('goes on serving pages while another process holds the write lock, and refuses in time what it cannot write', async () => {
  const provider = await runProvider(directory.path)
  const database = new DatabaseSync(file)
  const { client_id, client_secret } = database
    .prepare('select client_id, client_secret from oauth_client')
    .get() as Record<string, string>
  database.close()
  const keys = { key: client_id ?? '', secret: client_secret ?? '' }
  const initiate = () => signer(provider.url, keys)('POST', '/oauth/initiate', { oauth_callback: 'oob' })

  const release = await holdLock()
  let responses = 0
  const waiting = Array.from({ length: 5 }, async () => {
    const { status } = await initiate()
    responses++
    return status
  })
  // Pages come one after another before the first of those gives up: a process that waits for the lock serves none.
  for (let i = 0; i < 20; i++) expect((await fetch(`${provider.url}/sign-in`)).status).toBe(200)
  expect(responses).toBe(0)
  expect(await Promise.all(waiting)).toEqual([503, 503, 503, 503, 503])

  const late = initiate()
  await fetch(`${provider.url}/healthz`)
  await release()
  expect((await late).status).toBe(200)
  await provider.stop()
})
