/** The bytes of canonical base64 text; undefined for any other text. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const octets = Buffer.from(text, 'base64')
  // Buffer skips unknown characters; encoding the bytes again shows whether it did.
  return octets.toString('base64') === text ? octets : undefined
}
