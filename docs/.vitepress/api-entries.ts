import { join, posix, resolve } from 'node:path'
import { publishedPackages } from '../../scripts/published.ts'

const root = resolve(import.meta.dirname, '../..')

export interface ApiEntry {
  /** The name that an import has: `countersign/express`. */
  readonly name: string
  /** With slashes on every system, as TypeDoc has it. */
  readonly source: string
}

/** What can be imported, in the order of the packages and of their `exports`. */
export const apiEntries: readonly ApiEntry[] = publishedPackages(root).flatMap(({ folder, manifest }) =>
  Object.entries(manifest.exports ?? {}).flatMap(([subpath, entry]) =>
    typeof entry === 'string'
      ? []
      : {
          name: posix.join(manifest.name, subpath),
          source: join(root, 'packages', folder, entry['countersign-source']).replaceAll('\\', '/'),
        },
  ),
)
