import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../npm-start.ts'

/** The commands of one block of a page. */
export interface CommandBlock {
  readonly page: string
  readonly lines: readonly string[]
}

const pages = globSync(['*.md', 'docs/**/*.md', 'examples/*.md', 'packages/*/README.md'], {
  cwd: root,
  exclude: (path) => /(^|\/)(node_modules|dist|\.tools)$/.test(path),
})

/** Every block of commands of every page; one that is a whole file is a program, and no command. */
export const commandBlocks: readonly CommandBlock[] = pages.flatMap((path) => {
  const text = readFileSync(join(root, path), 'utf8')
  const blocks = text.matchAll(/^( *)```(?:sh|shell|bash|console)\n(.*?)^ *```$/gms)
  return [...blocks].map(([, indent = '', code = '']) => ({
    page: path.replaceAll('\\', '/'),
    lines: code
      .trim()
      .split('\n')
      .map((line) => line.slice(line.startsWith(indent) ? indent.length : 0)),
  }))
})

/**
 * The lines of the block that begins with these words. `every-command.test.ts` finds by calls of this which blocks tests
 * run.
 *
 * @throws Error when the page has no such block, or several.
 */
export function commandsOf(page: string, beginning: string): readonly string[] {
  const found = commandBlocks.filter((block) => block.page === page && beginsWith(block, beginning))
  if (found.length !== 1) throw new Error(`${page} has ${found.length} blocks that begin with ${beginning}`)
  return found[0]?.lines ?? []
}

export function beginsWith({ lines }: CommandBlock, beginning: string): boolean {
  return lines.join('\n').startsWith(beginning)
}
