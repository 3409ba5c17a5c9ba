import { dirname } from 'node:path'
import process from 'node:process'

/** How to run this command line from where it was started: commands printed for pasting begin with it. */
export const program = programOf(import.meta.url, process.argv[1] ?? '', process.env)

/**
 * From source, the command runs through npm, which provides a suitable Node. An installed package runs through npx
 * under its package's name, because the library has the command's name; a globally installed one is on the path.
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
