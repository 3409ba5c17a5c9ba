import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { afterAll, expect, it } from 'vitest'
import { openDatabase } from '../src/database/database.ts'
import { runCli, runProvider, temporaryDirectory } from './running-provider.ts'

const directory = temporaryDirectory()
// Others may look into it: files created below have to keep them out by themselves.
chmodSync(directory.path, 0o755)
afterAll(() => directory.remove())

const posix = process.platform !== 'win32'
const modeOf = (path: string) => statSync(path).mode & 0o777

it.runIf(posix)('makes the file and its side files with mode 600, and missing folders with 700', async () => {
  const before = process.umask(0)
  const file = join(directory.path, 'data', 'deep', 'new.sqlite')
  try {
    const db = await openDatabase(file)
    expect(readdirSync(join(directory.path, 'data', 'deep')).sort()).toEqual([
      'new.sqlite',
      'new.sqlite-shm',
      'new.sqlite-wal',
    ])
    for (const end of ['', '-wal', '-shm']) expect(modeOf(file + end)).toBe(0o600)
    expect(modeOf(join(directory.path, 'data'))).toBe(0o700)
    expect(modeOf(join(directory.path, 'data', 'deep'))).toBe(0o700)
    await db.destroy()
  } finally {
    process.umask(before)
  }
})

it.runIf(posix)('takes an older file from the others, and says so', async () => {
  const file = join(directory.path, 'older.sqlite')
  await (await openDatabase(file)).destroy()
  chmodSync(file, 0o644)
  const env = { LOG_LEVEL: 'warn', COUNTERSIGN_DATABASE: file }
  const provider = await runProvider(directory.path, env)
  for (const end of ['', '-wal', '-shm']) expect(modeOf(file + end)).toBe(0o600)
  const [line = ''] = provider.output.stderr.split('\n')
  expect(JSON.parse(line).msg).toContain('other users could read the database')
  expect(JSON.parse(line).files).toContain(file)
  await provider.stop()
  const again = await runProvider(directory.path, env)
  expect(again.output.stderr).toBe('')
  await again.stop()
})

it.skipIf(!posix || process.getuid?.() !== 0)(
  'keeps another user out from the first moment (needs root, to become another user)',
  async () => {
    const open = join(directory.path, 'open')
    mkdirSync(open, { mode: 0o755 })
    chmodSync(open, 0o755)
    const file = join(open, 'watched.sqlite')
    // Tries to open the files until it is told to stop, and reports whether it ever could.
    const program = `
      const { openSync } = require('node:fs')
      let opened = 0, seen = 0, ended = false
      process.stdin.on('end', () => { ended = true }).resume()
      const look = () => {
        for (const end of ['', '-wal', '-shm', '-journal']) {
          try { openSync(process.argv[1] + end, 'r'); opened++ } catch (error) { if (error.code === 'EACCES') seen++ }
        }
        if (ended) process.stdout.write(JSON.stringify({ opened, seen: seen > 0 }))
        else setImmediate(look)
      }
      process.stdout.write('ready\\n')
      look()`
    const watcher = spawn(process.execPath, ['--eval', program, file], { uid: 65_534, gid: 65_534, cwd: '/' })
    watcher.stderr.resume()
    await once(watcher.stdout, 'data')
    const before = process.umask(0)
    for (let i = 0; i < 3; i++) {
      const db = await openDatabase(file)
      await db.selectFrom('user').selectAll().execute()
      await db.destroy()
    }
    process.umask(before)
    watcher.stdin.end()
    expect(JSON.parse(await text(watcher.stdout))).toEqual({ opened: 0, seen: true })
  },
)

it.each([
  ['file', 'file is not a folder'],
  ['file/below', 'file is not a folder'],
])('says of a folder %s that is none what it is', async (folder, why) => {
  writeFileSync(join(directory.path, 'file'), 'x')
  const database = join(directory.path, folder, 'new.sqlite')
  const { code, stderr } = await runCli(
    directory.path,
    ['user', 'add', '--name', 'x', '--database', database],
    {
      env: { COUNTERSIGN_PASSWORD: 'correct horse' },
    },
  )
  expect(stderr).toContain(why)
  expect(stderr).not.toMatch(/EEXIST|ENOTDIR|mkdir/)
  expect(code).toBe(1)
})
