/**
 * Untrusted text for a line of plain text: Unicode isolates keep it from reordering the words around it, as `bdi` does
 * in HTML. ASCII reorders nothing and stays as it is.
 */
export function isolated(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : `\u2068${text}\u2069`
}
