/**
 * Inserts a row whose unique key decides between two who insert at once. No clause for conflicts is the same on SQLite,
 * PostgreSQL and MySQL, so a failed insert looks whether the key is there.
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
