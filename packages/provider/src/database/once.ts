/**
 * Inserts a row whose unique key decides between two concurrent inserts. SQLite, PostgreSQL and MySQL share no clause
 * for conflicts, so after a failed insert it checks whether the key exists.
 *
 * @returns Whether this insert won.
 */
export async function insertOnce(
  insert: { execute(): Promise<unknown> },
  isThere: () => Promise<unknown>,
): Promise<boolean> {
  try {
    await insert.execute()
    return true
  } catch (error) {
    if (await isThere()) return false
    throw error
  }
}
