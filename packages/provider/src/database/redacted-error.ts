/** The fields of a driver's error that a log may show. The others can contain the statement's values. */
const shown = ['code', 'errno', 'sqlState', 'constraint', 'table', 'column', 'syscall', 'address', 'port']

/** A driver's error without the statement and its values, which drivers attach and a log would print. */
export function redactedError(error: unknown): Error {
  if (!(error instanceof Error)) return new Error('The database refused a statement.')
  const fields = error as unknown as Readonly<Record<string, unknown>>
  const known = shown.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]])
  // A connection that failed at several addresses has a list of reasons, and no message.
  const message =
    error.message || (error instanceof AggregateError && error.errors[0]?.message) || String(fields['code'])
  const redacted = Object.assign(new Error(withoutValues(message)), Object.fromEntries(known))
  if (error.stack !== undefined) redacted.stack = withoutValues(error.stack)
  return redacted
}

/** `Duplicate entry 'x' for key`, `Incorrect string value: 'x' for column`, `near 'x' at line 1`, `for type integer: "x"`. */
function withoutValues(text: string): string {
  return text
    .replace(/((?:entry|value:|near) )'.*?'(?= (?:for|at) (?:key|column|line))/gs, "$1'…'")
    .replace(/(syntax for type [\w ]+: )".*"/g, '$1"…"')
}
