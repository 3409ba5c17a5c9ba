/**
 * Parsers differ in what they forgive around the type, and of several types Fetch goes by the last. What one of them
 * takes for a form must be signed as one, or a stranger could add fields to a signed request.
 */
const formType = /(?:^|,)\s*application\/x-www-form-urlencoded(?![\w!#$%&'*+.^`|~-])/i

/** Whether a `Content-Type` names a form, with or without parameters (§3.4.1.3.1). */
export function isForm(contentType: string | null | undefined): boolean {
  return !!contentType && formType.test(contentType)
}
