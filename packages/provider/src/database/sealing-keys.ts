import { ConfigurationError } from 'countersign'
import { nowSeconds } from '../random.ts'
import { insertOnce } from './once.ts'
import type { Database } from './schema.ts'
import type { Seal } from './seal.ts'

/**
 * Compares the given keys with those recorded in the database, and records the key that seals from now on.
 *
 * @param name - What to call the database.
 * @throws ConfigurationError when a key is missing that stored secrets need.
 */
export async function checkSealingKeys(db: Database, { ids }: Seal, name: string): Promise<void> {
  const noted = await requireSealingKeys(db, ids, name)
  const [first] = ids
  if (first === undefined || noted.includes(first)) return
  const insert = db.insertInto('sealing_key').values({ id: first, created_at: nowSeconds() })
  await insertOnce(insert, async () => (await notedKeys(db)).includes(first))
}

/**
 * Returns the keys that the database was sealed with.
 *
 * @throws ConfigurationError when one of them is missing.
 */
export async function requireSealingKeys(
  db: Database,
  ids: readonly string[],
  name: string,
): Promise<readonly string[]> {
  const noted = await notedKeys(db)
  const missing = noted.find((id) => !ids.includes(id))
  if (missing === undefined) return noted
  throw new ConfigurationError(
    ids.length === 0
      ? `The secrets in the database ${name} are sealed with the key ${missing}. Set SEALING_KEYS, or SEALING_KEYS_FILE, to it.`
      : `The database ${name} holds secrets that are sealed with the key ${missing}, and SEALING_KEYS has only ${ids.join(', ')}. Add that key after the first: it is needed until countersign db seal has sealed all secrets again.`,
  )
}

/** From now on only these keys are needed. */
export async function forgetOtherKeys(db: Database, ids: readonly string[]): Promise<void> {
  for (const id of await notedKeys(db))
    if (!ids.includes(id)) await db.deleteFrom('sealing_key').where('id', '=', id).execute()
}

async function notedKeys(db: Database): Promise<string[]> {
  const rows = await db.selectFrom('sealing_key').select('id').orderBy('created_at').execute()
  return rows.map(({ id }) => id)
}
