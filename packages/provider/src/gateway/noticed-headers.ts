/** Headers that tell a client of the end of what it uses. */
export type Notice = Readonly<Record<string, string>>

/**
 * An upstream's headers plus the headers of a notice. A link is one more; what the upstream says itself of the end of
 * an address stays, because each of the others can be there but once.
 */
export function withNotice(headers: readonly string[], notice: Notice): string[] {
  const there = new Set(headers.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase()))
  const added = Object.entries(notice).filter(([name]) => name === 'link' || !there.has(name))
  return [...headers, ...added.flat()]
}
