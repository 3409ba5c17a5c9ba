/** The longest response, in bytes. */
const longestBody = 1 << 20

/** The body of a response as text; empty if it is longer than any such server sends. */
export async function textOf(response: Response): Promise<string> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of response.body ?? []) {
    length += piece.length
    if (length > longestBody) return ''
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}
