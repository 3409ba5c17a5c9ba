/** Headers that tell a client about the end of a feature that it uses. */
export type Notice = Readonly<Record<string, string>>

/**
 * An upstream's headers plus the headers of a notice. A link is added; the upstream's own statement about the end of an
 * address stays, because the other headers may occur only once.
 */
export function withNotice(headers: readonly string[], notice: Notice): string[] {
  const there = new Set(headers.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase()))
  const added = Object.entries(notice).filter(([name]) => name === 'link' || !there.has(name))
  return [...headers, ...added.flat()]
}
