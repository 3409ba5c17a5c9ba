import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { expect, it, vi } from 'vitest'

const root = join(import.meta.dirname, '../..')

/** Pages whose code is checked; links.test.ts checks what all pages link to. */
const pages = files('README.md', 'docs/**/*.md', 'packages/*/README.md')
/** Files that some test compiles and runs: the examples, the packages' own tests, and the snippets below. */
const sources = files(
  'examples/**/*.{ts,tsx,mjs}',
  'packages/*/test/**/*.ts',
  'test/docs/{snippets,readme}/*.ts',
)
const snippets = files('test/docs/snippets/*.ts')

const texts = await Promise.all(sources.map((path) => readFile(path, 'utf8')))
const runCode = `\n${texts.map(withoutIndentation).join('\n')}`
/** What a guide shows whole beside the code: it must be what an example runs with. */
const settings = await Promise.all(
  files('examples/**/*.{json,jsonc,sql,prisma}', 'docs/quick-start.md').map((path) => readFile(path, 'utf8')),
)

for (const page of pages) {
  const text = await readFile(page, 'utf8')
  const name = relative(root, page)

  it(`${name}: every code block stands verbatim in a file that is run`, () => {
    const blocks = [...text.matchAll(/^```(?:ts|tsx|js|typescript|javascript)\b[^\n]*\n(.*?)^```/gms)]
    const code = blocks.map((block) => withoutIndentation(block[1] as string))
    // From the start of a line to the end of one: half a line is no quotation.
    const strays = code.filter((block) => !runCode.includes(`\n${block}`))
    expect(strays).toEqual([])
  })

  it(`${name}: every other file that it shows belongs to an example`, () => {
    const blocks = text.matchAll(/^```(?:json|jsonc|sql|prisma) \[[^\n]*\n(.*?)^```/gms)
    const strays = [...blocks].filter(([, code = '']) => !settings.some((file) => file.includes(code)))
    expect(strays).toEqual([])
  })

  if (/requireOAuth\(protector, ['{]|RequireOAuth\(['{]/.test(text)) {
    it(`${name}: it demands a scope, and says how a token gets one`, () => {
      expect(text).toMatch(/scopes\.md|^# Scopes$/m)
    })
  }
}

it.each(snippets.map((path) => relative(root, path)))(
  '%s runs to its end',
  async (path) => {
    // Each with an application of its own.
    vi.resetModules()
    await import(join(root, path))
  },
  120_000,
)

it('docs/README.md lists every page of docs/', async () => {
  const index = await readFile(join(root, 'docs/README.md'), 'utf8')
  const guides = pages
    .map((page) => relative(join(root, 'docs'), page))
    .filter((page) => !page.startsWith('..'))
  expect(guides.filter((guide) => guide !== 'README.md' && !index.includes(`](${guide})`))).toEqual([])
})

function files(...patterns: string[]): string[] {
  const exclude = (path: string) => /(^|\/)(node_modules|dist|generated|\.next|\.vitepress)$/.test(path)
  return globSync(patterns, { cwd: root, exclude }).map((path) => join(root, path))
}

function withoutIndentation(text: string): string {
  return text.replace(/^[ \t]+/gm, '').replace(/\r/g, '')
}
