// Servers under test report that a store is down, as they should. What tests broke on purpose says so, and is not printed;
// every other error is.
const print = console.error

console.error = (...values: unknown[]) => {
  if (!values.some(isOnPurpose)) print(...values)
}

function isOnPurpose(value: unknown): boolean {
  if (!(value instanceof Error)) return false
  return value.message.endsWith('on purpose.') || isOnPurpose(value.cause)
}
