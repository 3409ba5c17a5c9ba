import { dirname } from 'node:path'
import process from 'node:process'

/** How this command line is reached from where it was started: what is printed for pasting begins with it. */
export const program = programOf(import.meta.url, process.argv[1] ?? '', process.env)

/**
 * From the sources the command is reached through npm, which brings a Node that runs them. An installed package is
 * reached through npx by its package's name, because the library bears the command's; one that is installed for the
 * whole machine stands on the path.
 */
export function programOf(
  module: string,
  file: string,
  { PATH = '', npm_lifecycle_event }: Readonly<Record<string, string | undefined>>,
): string {
  if (module.endsWith('.ts')) return 'npm run --silent countersign --'
  const onPath = npm_lifecycle_event === undefined && PATH.split(/[:;]/).includes(dirname(file))
  return onPath ? 'countersign' : 'npx @countersign/cli'
}
