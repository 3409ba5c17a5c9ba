/** The octets of canonical base64 text, or undefined when it is not that. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const octets = Buffer.from(text, 'base64')
  // Buffer skips what it does not know; writing the octets back shows whether it skipped.
  return octets.toString('base64') === text ? octets : undefined
}
