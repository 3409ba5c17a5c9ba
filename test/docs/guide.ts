import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** What a page has its reader do or see, in the order in which it stands there. */
export type Step =
  | { readonly kind: 'file'; readonly name: string; readonly text: string }
  | { readonly kind: 'commands'; readonly lines: readonly string[] }
  | { readonly kind: 'output'; readonly text: string }
  | { readonly kind: 'passage' }

/** A page as its reader uses it. */
export interface Guide {
  readonly text: string
  /** The code blocks that are a whole file, by its name. */
  readonly files: ReadonlyMap<string, string>
  /** The lines of each block of commands. */
  readonly shell: readonly (readonly string[])[]
  readonly steps: readonly Step[]
}

/** @param name - A page of docs/, or the path of another README without its ending. */
export async function readGuide(name: string): Promise<Guide> {
  const page = /(^|\/)README$/.test(name) ? `${name}.md` : `docs/${name}.md`
  const text = await readFile(join(root, page), 'utf8')
  const blocks = text.matchAll(/^```(\w+)(?: \[(\S+)\])?\n(.*?)^```/gms)
  const steps = [...blocks].map(([, language = '', file, code = '']) => stepOf(language, file, code))
  return {
    text,
    files: new Map(steps.flatMap((step) => (step.kind === 'file' ? [[step.name, step.text]] : []))),
    shell: steps.flatMap((step) => (step.kind === 'commands' ? [step.lines] : [])),
    steps,
  }
}

function stepOf(language: string, file: string | undefined, text: string): Step {
  if (file !== undefined) return { kind: 'file', name: file, text }
  if (language === 'sh') return { kind: 'commands', lines: text.trim().split('\n') }
  return language === 'text' ? { kind: 'output', text } : { kind: 'passage' }
}
