import type { Builder } from './database.ts'

/** A token credential from a joined row, with its user if the users' table was joined. */
export function withUser(row: Builder): Builder {
  return 'user' in row ? { ...row.token, user: row.user } : row.token
}

/** The same token if it matches exactly: existing tables may have a collation that ignores case or trailing spaces. */
export function exactToken(clientId: string, oauthToken: string, row: Builder): Builder {
  const token = row?.token
  return token?.oauthToken === oauthToken && token.clientId === clientId ? withUser(row) : undefined
}
