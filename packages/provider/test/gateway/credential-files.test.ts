import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, describe, expect, it } from 'vitest'
import { CredentialFiles } from '../../src/gateway/credential-files.ts'
import { temporaryDirectory } from '../running-provider.ts'

const directory = temporaryDirectory()
afterAll(() => directory.remove())

let folders = 0
/** Files in a folder of their own, opened, with the lines of their log. */
async function opened(contents: Readonly<Record<string, string>>) {
  const folder = join(directory.path, String(++folders))
  mkdirSync(folder)
  const path = (name: string) => join(folder, name)
  const write = (name: string, content: string) => writeFileSync(path(name), content, { mode: 0o600 })
  for (const [name, content] of Object.entries(contents)) write(name, content)
  const lines: Record<string, unknown>[] = []
  const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) })
  const files = await CredentialFiles.open(Object.keys(contents).map(path), log)
  return { files, path, write, lines, logged: () => lines.splice(0) }
}

/** As when they are looked at twice: what was seen once may still be being written. */
async function looks(files: CredentialFiles, times = 2): Promise<void> {
  for (let time = 0; time < times; time++) await files.look()
}

const clients = 'key,secret\nalbum,album-secret\n'
const tokens = 'client,token,secret,user\nalbum,t1,secret-1,anna\n'

describe('files of credentials', () => {
  it('are read again when they change: what was added counts, what was removed does not, and a secret is the new one', async () => {
    const { files, write, logged } = await opened({ 'clients.csv': clients, 'tokens.csv': tokens })
    expect(files.token('album', 't1')).toEqual({
      clientId: 'album',
      oauthToken: 't1',
      oauthTokenSecret: 'secret-1',
      userId: 'anna',
    })
    expect(logged()).toMatchObject([{ msg: 'credentials were read', clients: 1, tokens: 1 }])
    write('clients.csv', 'key,secret\nalbum,new-secret\nprinter,printer-secret\n')
    write('tokens.csv', 'client,token,secret,user\nprinter,t2,secret-2,ben\n')
    await looks(files)
    expect(files.client('album')).toMatchObject({ clientSecret: 'new-secret' })
    expect(files.token('album', 't1')).toBeUndefined()
    expect(files.token('printer', 't2')).toMatchObject({ userId: 'ben' })
    expect(files.token('album', 't2')).toBeUndefined()
    write('clients.csv', 'key,secret\nprinter,printer-secret\n')
    await looks(files)
    expect(files.client('album')).toBeUndefined()
    expect(logged()).toMatchObject([
      { clients: 2, tokens: 1 },
      { clients: 1, tokens: 1 },
    ])
    await looks(files)
    expect(logged()).toEqual([])
  })

  it('that are half written are not read', async () => {
    const { files, write, logged } = await opened({ 'clients.csv': clients, 'tokens.csv': tokens })
    logged()
    const lines = ['album,t1,secret-1,anna\n', 'album,t2,secret-2,ben\n', 'album,t3,secret-3,carl\n']
    for (let written = 1; written <= lines.length; written++) {
      write('tokens.csv', `client,token,secret,user\n${lines.slice(0, written).join('')}`)
      await looks(files, 1)
      expect(files.state.tokens).toBe(1)
    }
    expect(logged()).toEqual([])
    await looks(files, 1)
    expect(files.state.tokens).toBe(3)
  })

  it('may be renamed into place, also with the size and the time of the one before', async () => {
    const { files, path, write } = await opened({ 'clients.csv': clients })
    write('next.csv', clients.replaceAll('album', 'photo'))
    renameSync(path('next.csv'), path('clients.csv'))
    await looks(files)
    expect(files.client('album')).toBeUndefined()
    expect(files.client('photo')).toMatchObject({ clientSecret: 'photo-secret' })
  })

  it('may be behind symbolic links that are swapped, as Kubernetes does', async () => {
    const folder = join(directory.path, 'mounted')
    for (const version of ['v1', 'v2']) {
      mkdirSync(join(folder, version), { recursive: true })
      writeFileSync(join(folder, version, 'clients.csv'), `key,secret\n${version},secret\n`)
    }
    symlinkSync('v1', join(folder, '..data'))
    symlinkSync('..data/clients.csv', join(folder, 'clients.csv'))
    const files = await CredentialFiles.open([join(folder, 'clients.csv')], pino({ level: 'silent' }))
    expect(files.client('v1')).toBeDefined()
    symlinkSync('v2', join(folder, '..next'))
    renameSync(join(folder, '..next'), join(folder, '..data'))
    await looks(files)
    expect([files.client('v1'), files.client('v2')]).toEqual([undefined, expect.anything()])
  })

  it('with faults leave the ones before in use, and say each fault once', async () => {
    const { files, path, write, logged } = await opened({ 'clients.csv': clients, 'tokens.csv': tokens })
    const { loadedAt } = files.state
    logged()
    write('clients.csv', 'key,secret\nalbum,hunter2\nalbum,hunter2\nx y,hunter2\n')
    write('tokens.csv', 'client,token,secret,user\nnobody,t2,hunter2,x\nalbum,t3,,x\n')
    await looks(files, 5)
    expect(logged()).toMatchObject([
      {
        level: 50,
        msg: 'the credentials files cannot be used; the previous ones stay in use',
        faults: [
          `${path('clients.csv')}, line 3: another client has this key`,
          `${path('clients.csv')}, line 4: the key must be 1 to 255 printable ASCII characters without spaces`,
          `${path('tokens.csv')}, line 3: the secret is missing`,
          `${path('tokens.csv')}, line 2: no client has its key`,
        ],
      },
    ])
    expect(files.client('album')).toMatchObject({ clientSecret: 'album-secret' })
    expect(files.token('album', 't1')).toBeDefined()
    expect(files.state).toEqual({ isValid: false, loadedAt, clients: 1, tokens: 1 })
    write('clients.csv', clients)
    write('tokens.csv', tokens)
    await looks(files)
    expect(files.state.isValid).toBe(true)
    expect(logged()).toMatchObject([{ msg: 'credentials were read' }])
  })

  it('that vanish or are emptied leave the ones before in use, and may come back', async () => {
    const { files, path, write, logged } = await opened({ 'clients.csv': clients })
    logged()
    for (const [spoil, fault] of [
      [() => rmSync(path('clients.csv')), `The file ${path('clients.csv')} cannot be read: ENOENT`],
      [() => write('clients.csv', '\n'), `${path('clients.csv')}, line 1: the file is empty`],
    ] as const) {
      spoil()
      await looks(files, 3)
      expect(logged()).toMatchObject([{ faults: [expect.stringContaining(fault)] }])
      expect(files.client('album')).toBeDefined()
      expect(files.state.isValid).toBe(false)
      write('clients.csv', clients)
      await looks(files)
      expect(logged()).toMatchObject([{ msg: 'credentials were read' }])
      expect(files.state.isValid).toBe(true)
    }
  })

  it('may hold nothing where they say so', async () => {
    const all = '[{"key":"album","secret":"album-secret"}]'
    const { files, write } = await opened({ 'all.json': all, 'tokens.csv': tokens })
    write('all.json', '{ "clients": [], "tokens": [] }')
    write('tokens.csv', 'client,token,secret,user\n')
    await looks(files)
    expect(files.state).toMatchObject({ isValid: true, clients: 0, tokens: 0 })
  })

  it('that everyone may read are warned about once, and nothing of them is told', async () => {
    const { files, path, write, lines } = await opened({ 'clients.csv': clients })
    expect(lines.some(({ level }) => level === 40)).toBe(false)
    for (const secret of ['hunter2-1', 'hunter2-2']) {
      write('clients.csv', `key,secret\nalbum,${secret}\n`)
      chmodSync(path('clients.csv'), 0o644)
      await looks(files)
    }
    const warnings = lines.filter(({ level }) => level === 40)
    expect(warnings).toMatchObject([
      { file: path('clients.csv'), msg: expect.stringMatching(/^everyone .* may read/) },
    ])
    expect(JSON.stringify(lines)).not.toContain('hunter2')
  })

  it('with very many faults tell twenty of them and count the rest', async () => {
    const { files, write, logged } = await opened({ 'clients.csv': clients })
    logged()
    write('clients.csv', `key,secret\n${'album,\n'.repeat(100)}`)
    await looks(files)
    const [{ faults = [] } = {}] = logged() as { readonly faults?: readonly string[] }[]
    expect([faults.length, faults.at(-1)]).toEqual([21, '… and 80 more'])
  })

  it('of 100,000 tokens are read', async () => {
    const many = Array.from({ length: 100_000 }, (_, at) => `album,t${at},secret-of-token-${at},user-${at}\n`)
    const { files } = await opened({
      'clients.csv': clients,
      'tokens.csv': `client,token,secret,user\n${many.join('')}`,
    })
    expect(files.state.tokens).toBe(100_000)
    expect(files.token('album', 't99999')).toMatchObject({ userId: 'user-99999' })
  })
})
