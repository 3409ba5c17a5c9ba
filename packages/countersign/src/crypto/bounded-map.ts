/** Drops the oldest entries. */
export function keepAtMost(count: number, map: Map<string, unknown>): void {
  while (map.size > count) map.delete(map.keys().next().value as string)
}
