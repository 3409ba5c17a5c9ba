/**
 * Parsers differ in what they tolerate around the type, and of several types Fetch uses the last. Whatever any of them
 * takes for a form must be signed as one, or a stranger could add fields to a signed request.
 */
const formType = /(?:^|,)\s*application\/x-www-form-urlencoded(?![\w!#$%&'*+.^`|~-])/i

/** Whether a `Content-Type` names a form, with or without parameters (§3.4.1.3.1). */
export function isForm(contentType: string | null | undefined): boolean {
  return !!contentType && formType.test(contentType)
}
