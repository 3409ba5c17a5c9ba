import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { fileRecords, mixedRecords } from '../src/import/file-records.ts'
import type { ImportRecord } from '../src/import/import-record.ts'
import { jsonFault } from '../src/import/json-fault.ts'
import { temporaryDirectory } from './running-provider.ts'

const directory = temporaryDirectory()
afterAll(() => directory.remove())

let files = 0
function file(ending: string, content: string | Buffer): string {
  const path = join(directory.path, `file${++files}.${ending}`)
  writeFileSync(path, content)
  return path
}

/** The records, or the one fault of the whole file. */
async function all(records: AsyncIterable<ImportRecord>): Promise<ImportRecord[]> {
  const list: ImportRecord[] = []
  try {
    for await (const record of records) list.push(record)
  } catch (error) {
    list.push({ kind: 'fault', at: '', message: (error as Error).message })
  }
  return list
}

async function faults(path: string): Promise<string[]> {
  return (await all(mixedRecords(path)))
    .filter((record) => record.kind === 'fault')
    .map(({ at, message }) => `${at}: ${message}`.replace(`${path}, `, '').replace(path, 'FILE'))
}

const hidden = 'hunter2-hunter2'
const deep = '['.repeat(100_000) + ']'.repeat(100_000)

describe('the records of a file', () => {
  it.each([
    [
      'a sign after a value',
      'jsonl',
      `{"key":"a","secret":"${hidden}"x}`,
      'line 1: it is not JSON: look at column',
    ],
    ['a text without quotation marks', 'jsonl', `{"key":"a","secret":${hidden}}`, 'look at column 21'],
    ['a list', 'jsonl', `["${hidden}"]`, 'line 1: it is not an object'],
    [
      'no JSON',
      'json',
      `{"clients":[\n {"secret":"${hidden}",}]}`,
      'FILE is not JSON: look at line 2, column',
    ],
    ['an open text', 'json', `[{"secret":"${hidden}]`, 'FILE is not JSON: look at line 1, column 12'],
    ['no list', 'json', `{"clients":"${hidden}"}`, 'must hold an array of objects, or an object'],
    ['another list', 'json', `{"client":["${hidden}"]}`, 'must hold an array of objects, or an object'],
    [
      'a quotation mark',
      'csv',
      `key,secret\na,${hidden}"x\n`,
      'line 2: a field that contains a quotation mark',
    ],
    ['a closed field', 'csv', `key,secret\na,"${hidden}"x\n`, 'line 2: there is text between'],
    ['an open field', 'csv', `key,secret\na,"${hidden}\nb,c\n`, 'a quotation mark is not closed'],
    ['a field too many', 'csv', `key,secret\na,b,${hidden}\n`, 'line 2: it has more or fewer fields'],
    ['no headings', 'csv', `a,${hidden}\nb,c\n`, 'line 1: it must name the fields'],
    ['a heading twice', 'csv', `key,secret,secret\na,b,${hidden}\n`, 'line 1: it names a field twice'],
    ['a secret as an end', 'csv', `token,expires_at\nt,${hidden}\n`, 'line 2: expires_at must be seconds'],
    ['another encoding', 'csv', Buffer.from(`key,secret\na,${hidden}\xe9\n`, 'latin1'), 'not UTF-8'],
    [
      'a long number',
      'jsonl',
      '{"token":"t","user":12345678901234567890}',
      'user must be in quotation marks',
    ],
    ['a list as a secret', 'jsonl', `{"key":"a","secret":["${hidden}"]}`, 'line 1: secret must be a text'],
    ['an object as a secret', 'jsonl', '{"key":"a","secret":{"toString":1}}', 'secret must be a text'],
    ['an object as a time', 'jsonl', '{"key":"a","created_at":{"toString":1}}', 'created_at must be'],
    ['a deep list as a key', 'jsonl', `{"key":${deep}}`, 'key must be a text'],
    ['a deep list as a time', 'jsonl', `{"key":"a","created_at":${deep}}`, 'created_at must be'],
    ['a deep JWK', 'jsonl', `{"key":"a","rsa_public_key":${deep}}`, 'rsa_public_key must be PEM or a JWK'],
    ['a list in another encoding', 'jsonl', '{"key":"a","callbacks":["\ufffd"]}', 'not UTF-8'],
    [
      'half a name',
      'csv',
      'client,token,secret,expires\na,t,s,1\n',
      'line 1: there is no field expires: did you',
    ],
    [
      'a misspelt name',
      'jsonl',
      '{"key":"a"}\n{"kye":"b"}',
      'line 2: there is no field kye: did you mean key?',
    ],
    [
      'a field that elsewhere ends a token',
      'jsonl',
      '{"client":"a","token":"t","secret":"s","revoked_at":1}',
      'line 1: the field revoked_at has no meaning here',
    ],
    [
      'a token among clients',
      'json',
      '{"clients":[{"client_id":"a","token":"t"}]}',
      'clients, item 1: it is a token',
    ],
    ['nothing', 'csv', '\n\n', 'line 1: the file is empty'],
    ['no line', 'jsonl', '', 'line 1: the file is empty'],
    ['another ending', 'txt', hidden, 'FILE must end in .csv, .json or .jsonl'],
  ])('with %s have a fault that says where, and quotes nothing', async (_, ending, content, fault) => {
    const told = await faults(file(ending, content))
    expect(told[0]).toContain(fault)
    expect(told.join()).not.toContain('hunter')
  })

  it.each([
    ['token', 'client,token,secret,expiry,revoked\nk,t,s,2020-01-01,true\n', ['expiry', 'revoked']],
    ['client', 'key,secret,active,status\nk,s,false,suspended\n', ['active', 'status']],
  ] as const)(
    'of one kind, a %s, are not taken for valid against their own fields',
    async (kind, csv, fields) => {
      const found = await all(fileRecords(file('csv', csv), kind))
      expect(found.filter((record) => record.kind !== 'fault')).toEqual([])
      const messages = found.flatMap((record) => (record.kind === 'fault' ? [record.message] : []))
      expect(messages).toEqual(
        fields.map((field) => expect.stringContaining(`the field ${field} has no meaning`)),
      )
    },
  )

  it.each(['2026-02-31', '2026-04-31T12:00:00Z', '2025-02-29 10:00'])(
    'have no day such as %s',
    async (day) => {
      const path = file('csv', `client,token,secret,expires_at\nk,t,s,${day}\n`)
      expect(await faults(path)).toEqual([expect.stringContaining('expires_at must be seconds')])
    },
  )

  it('are tokens where they have a field of a token’s name, even an empty one', async () => {
    const mixed = file('csv', '\ufeffclient_id;client_secret;oauth_token\na;s;\n')
    expect(await all(mixedRecords(mixed))).toMatchObject([{ kind: 'token', client: 'a', token: '' }])
    const lists = file('json', '\ufeff{"tokens":[{"client":"a","token":"t"}],"clients":[{"key":"a"}]}')
    expect(await all(mixedRecords(lists))).toMatchObject([
      { kind: 'token', at: `${lists}, tokens, item 1`, token: 't' },
      { kind: 'client', at: `${lists}, clients, item 1`, key: 'a' },
    ])
    expect(await all(fileRecords(lists, 'client'))).toMatchObject([{ kind: 'client', key: 'a' }])
    const lines = file('ndjson', '\ufeff{"key":"a"}\r\n\r\n{"token":"t"}')
    expect(await all(mixedRecords(lines))).toMatchObject([
      { kind: 'client', at: `${lines}, line 1` },
      { kind: 'token', at: `${lines}, line 3` },
    ])
  })
})

it.each([
  ['', 'line 1, column 1'],
  ['[1,\n 2,\n x]', 'line 3, column 2'],
  ['{"a":1 "b":2}', 'line 1, column 8'],
  ['{"a":1,}', 'line 1, column 8'],
  ['{"a" 1}', 'line 1, column 6'],
  ['[1]]', 'line 1, column 4'],
  ['[1}', 'line 1, column 3'],
  ['{1:2}', 'line 1, column 2'],
  ['[tru]', 'line 1, column 2'],
  ['[{"a":[1,{}],"b":"\\u00e9\\n"},-1.5e3,true,null', 'line 1, column 46'],
])('where %j stops being JSON is told', (text, place) => {
  expect(jsonFault(text)).toBe(place)
})

describe('a file to import', () => {
  it.each([
    ['expiry', '2020-01-01'],
    ['revoked', 'true'],
    ['status', 'disabled'],
  ])('has no field %s: a token that it excludes would work again', async (name, value) => {
    const path = file('csv', `client,token,secret,${name}\nk1,t1,s1,${value}\n`)
    const records = await all(fileRecords(path, 'token'))
    expect(records.map(({ kind }) => kind)).toEqual(['fault'])
    expect(records[0]).toMatchObject({
      message: expect.stringContaining(`the field ${name} has no meaning here`),
    })
  })

  it.each(['2026-02-31', '2026-13-01', '2026-04-31T10:00:00Z'])(
    'refuses the date %s, which there is not',
    async (date) => {
      const path = file('csv', `client,token,secret,expires_at\nk1,t1,s1,${date}\n`)
      const records = await all(fileRecords(path, 'token'))
      expect(records).toEqual([expect.objectContaining({ kind: 'fault' })])
    },
  )
})
