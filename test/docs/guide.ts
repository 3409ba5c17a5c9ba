import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** A page as its reader uses it. */
export interface Guide {
  readonly text: string
  /** The code blocks that are a whole file, by its name. */
  readonly files: ReadonlyMap<string, string>
  /** The lines of each block of commands. */
  readonly shell: readonly (readonly string[])[]
}

/** @param name - A page of docs/, or `README`. */
export async function readGuide(name: string): Promise<Guide> {
  const text = await readFile(join(root, name === 'README' ? 'README.md' : `docs/${name}.md`), 'utf8')
  const blocks = [...text.matchAll(/^```\w+ \[(\S+)\]\n(.*?)^```/gms)]
  return {
    text,
    files: new Map(blocks.map(([, file = '', code = '']) => [file, code])),
    shell: [...text.matchAll(/^```sh\n(.*?)^```/gms)].map(([, lines = '']) => lines.trim().split('\n')),
  }
}
