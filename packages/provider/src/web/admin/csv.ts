/** A line of a CSV file (RFC 4180). */
export function csvLine(cells: readonly (string | number | boolean | null)[]): string {
  return `${cells.map(cell).join(',')}\r\n`
}

/**
 * Spreadsheets run text that begins with one of these characters as a formula, whoever wrote it: a leading apostrophe
 * makes it plain text. Where lists are separated by semicolons or tabs, each part of the text is such a cell.
 */
const formula = /^[=+\-@\t\r\n]|(?<=[;\t]["\s]*)[=+\-@]/g

function cell(value: string | number | boolean | null): string {
  if (value === null) return ''
  if (typeof value !== 'string') return String(value)
  const safe = value.replace(formula, "'$&")
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
