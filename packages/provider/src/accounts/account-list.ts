import { holds, keyAfter, type Page, type PageRequest, pageOf } from '../database/page.ts'
import type { Database } from '../database/schema.ts'
import { type Account, normalizeName } from './accounts.ts'

/** A user, as seen by operators. */
export interface AccountDetails extends Account {
  readonly role: string
  /** Seconds since 1970; null for an active user. */
  readonly suspendedAt: number | null
  /** Whether the user can sign in with a password. */
  readonly hasPassword: boolean
}

/** Which users to list; each given field must match. */
export interface AccountFilter {
  /** Part of the name. */
  readonly search?: string | undefined
  readonly status?: 'active' | 'suspended' | 'admin' | undefined
}

/** A page of the users, the oldest accounts first. */
export async function accountPage(
  db: Database,
  { search, status }: AccountFilter,
  page: PageRequest,
): Promise<Page<AccountDetails>> {
  let rows = accounts(db)
    .where('id', '>', keyAfter(page.after))
    .orderBy('id')
    .limit(page.limit + 1)
  if (search !== undefined) rows = rows.where((given) => holds(given.ref('name'), search))
  if (status === 'admin') rows = rows.where('role', '=', 'admin')
  else if (status !== undefined)
    rows = rows.where('suspended_at', status === 'suspended' ? 'is not' : 'is', null)
  return pageOf(await rows.execute(), page, detailsOf, ({ id }) => String(id))
}

/** The user with this name, as seen by operators. */
export async function accountDetails(db: Database, name: string): Promise<AccountDetails | undefined> {
  const row = await accounts(db).where('name', '=', normalizeName(name)).executeTakeFirst()
  return row && detailsOf(row)
}

function accounts(db: Database) {
  return db
    .selectFrom('user')
    .select(['id', 'name', 'created_at', 'role', 'suspended_at'])
    .select((given) => given('password_hash', '!=', '').as('has_password'))
}

type Row = Awaited<ReturnType<ReturnType<typeof accounts>['executeTakeFirstOrThrow']>>

function detailsOf({ id, name, created_at, role, suspended_at, has_password }: Row): AccountDetails {
  return {
    id,
    name,
    createdAt: Number(created_at),
    role,
    suspendedAt: suspended_at === null ? null : Number(suspended_at),
    hasPassword: Boolean(has_password),
  }
}
