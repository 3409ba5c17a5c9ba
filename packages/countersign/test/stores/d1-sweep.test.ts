import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import { sweep } from '../../../../examples/worker/d1.ts'
import { d1Over } from './backends/d1.ts'

it('the Worker’s sweep keeps a nonce for a minute after its end, because clocks differ', async () => {
  const db = new DatabaseSync(':memory:')
  db.exec(readFileSync(join(import.meta.dirname, '../../../../examples/worker/schema.sql'), 'utf8'))
  const insert = db.prepare('insert into nonce (key, expiresAt) values (?, ?)')
  const now = Math.floor(Date.now() / 1000)
  for (const [name, ago] of [
    ['fresh', -300],
    ['just ended', 5],
    ['ended long ago', 120],
  ] as const)
    insert.run(name, now - ago)
  await sweep(d1Over(db))
  const left = db.prepare('select key from nonce order by expiresAt desc').all()
  expect(left.map((row) => row['key'])).toEqual(['fresh', 'just ended'])
  db.close()
})
