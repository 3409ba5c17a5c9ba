/** The entry for a request target, where there is no framework to route: exact, or by a prefix that ends in `*`. */
export function routeOf<T>(table: ReadonlyMap<string, T>, target: string): T | undefined {
  const path = target.replace(/^[a-z]+:\/\/[^/?#]*/i, '').replace(/\?.*$/, '')
  for (const [pattern, entry] of table) {
    if (pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1)))) return entry
  }
  return undefined
}
