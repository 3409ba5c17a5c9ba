import { insertOnce } from '../database/once.ts'
import type { Database } from '../database/schema.ts'
import { setClientVerified } from './client-status.ts'
import type { LogoImage } from './logo-image.ts'

/**
 * Replaces the client's logo. The verified mark ends with the logo that it was given for.
 *
 * @throws Error if the client does not exist.
 */
export async function storeLogo(db: Database, clientId: string, { png, digest }: LogoImage): Promise<void> {
  if ((await findLogo(db, clientId, digest)) !== undefined) return
  await setClientVerified(db, clientId, false)
  const row = { digest, png_base64: png.toString('base64') }
  const replace = () => db.updateTable('logo').set(row).where('client_id', '=', clientId).execute()
  const isThere = () =>
    db.selectFrom('logo').select('digest').where('client_id', '=', clientId).executeTakeFirst()
  if (await isThere()) await replace()
  else if (!(await insertOnce(db.insertInto('logo').values({ client_id: clientId, ...row }), isThere)))
    await replace()
}

/** Returns whether there was one. */
export async function removeLogo(db: Database, clientId: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('logo').where('client_id', '=', clientId).executeTakeFirst()
  return numDeletedRows === 1n
}

/** The PNG of a client's logo; undefined if it has none, or a different one by now. */
export async function findLogo(db: Database, clientId: string, digest: string): Promise<Buffer | undefined> {
  const row = await db
    .selectFrom('logo')
    .select('png_base64')
    .where('client_id', '=', clientId)
    .where('digest', '=', digest)
    .executeTakeFirst()
  return row && Buffer.from(row.png_base64, 'base64')
}

/** The digests of the logos of clients that have one, by client: what a page needs to show them. */
export async function logoDigests(
  db: Database,
  clientIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (clientIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('logo')
    .select(['client_id', 'digest'])
    .where('client_id', 'in', clientIds)
    .execute()
  return new Map(rows.map(({ client_id, digest }) => [client_id, digest]))
}
