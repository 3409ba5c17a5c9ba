import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { documentedErrors } from '../src/settings/settings.ts'

const page = readFileSync(join(import.meta.dirname, '../../../docs/errors.md'), 'utf8')

/** Follows the `error_uri` of a refusal to the page of this repository: the code whose section it leads to. */
export function explained(link: unknown): string | undefined {
  const [path, code = ''] = String(link).split('#')
  return path === documentedErrors && page.includes(`\n## ${code}\n`) ? code : undefined
}
