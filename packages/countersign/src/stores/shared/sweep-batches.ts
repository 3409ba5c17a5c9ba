/**
 * The keys of expired rows, in lists that can each be deleted in one statement while the hooks run, on any database.
 *
 * On MySQL and MariaDB all statements must lock the indexes of a table in one order, or they deadlock. The hooks find a
 * temporary credential by its unique key and lock the row after it. A delete by the range of `expires_at` locks that
 * index first; one by a list of keys reads a small table from end to end, and locks rows first (both seen on MariaDB).
 * So temporary credentials go one by one. The key of a nonce is the row's own: nonces go together.
 */
export function batchesOf<K>(keys: readonly K[], isPrimaryKey: boolean): K[][] {
  if (keys.length === 0) return []
  // In a fixed order, so that two processes cannot deadlock on the same rows.
  return isPrimaryKey ? [[...keys].sort()] : keys.map((key) => [key])
}
