/**
 * Untrusted text, for a line of plain text: Unicode's isolates keep it from turning the words around it, as
 * `bdi` does in HTML. ASCII turns nothing and stays as it is.
 */
export function isolated(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : `\u2068${text}\u2069`
}
