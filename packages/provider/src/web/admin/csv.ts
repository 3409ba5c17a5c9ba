/** A line of a CSV file (RFC 4180). */
export function csvLine(cells: readonly (string | number | boolean | null)[]): string {
  return `${cells.map(cell).join(',')}\r\n`
}

/**
 * Spreadsheets run what begins with one of these signs as a formula, no matter who chose the text: an apostrophe before it makes
 * it a text.
 */
const formula = /^[=+\-@\t\r\n]/

function cell(value: string | number | boolean | null): string {
  if (value === null) return ''
  if (typeof value !== 'string') return String(value)
  const safe = formula.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
