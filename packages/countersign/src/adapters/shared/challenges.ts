/** The header of a challenge, as responses of the core name it. */
export const challengeHeader = 'www-authenticate'

/** The value that a framework returns for a header set on a response. */
type SetHeader = number | string | readonly string[] | null | undefined

/**
 * The headers of a response, with the challenges of earlier middleware before its own: a client chooses among several
 * (RFC 9110 §11.6.1).
 *
 * @param earlier - The current `WWW-Authenticate` of the response.
 */
export function besideEarlier<V extends number | string>(
  headers: Readonly<Record<string, V>>,
  earlier: SetHeader,
): Readonly<Record<string, V | string[]>> {
  const own = headers[challengeHeader]
  if (own === undefined || earlier === undefined || earlier === null) return headers
  return { ...headers, [challengeHeader]: challenges(earlier, String(own)) }
}

/**
 * All challenges of a response, one per line. Two guards of one protector produce the same challenge, which is sent
 * once.
 */
export function challenges(earlier: NonNullable<SetHeader>, own: string): string[] {
  const lines = [earlier].flat().map(String)
  // No quoted string of another challenge can contain it, because quotes are escaped there.
  const isThere = lines.some((line) => `, ${line}, `.includes(`, ${own}, `))
  return isThere ? lines : [...lines, own]
}
