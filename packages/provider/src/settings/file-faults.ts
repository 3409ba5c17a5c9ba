import type { z } from 'zod'

/**
 * The message for a value of a JSON file that is not an object, or has an unknown field. @param whole - How to write
 * it.
 */
export const objectFault = (whole: string) => (issue: z.core.$ZodRawIssue) =>
  issue.code === 'unrecognized_keys'
    ? `has no field ${issue.keys.join(', ')}; write it as ${whole}`
    : `must be an object such as ${whole}`

/** A line for each fault in a JSON file: `rules.json: rules[2].ends must be …` */
export function faultLines(file: string, { issues }: z.ZodError): string[] {
  return issues.map(({ path, message }) =>
    [`${file}:`, placeOf(path), message].filter(Boolean).join(' ').replace(/\.?$/, '.'),
  )
}

/** `routes[2].scope` */
function placeOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}${text && '.'}${String(part)}`),
    '',
  )
}
