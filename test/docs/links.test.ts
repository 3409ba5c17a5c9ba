import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const exclude = (path: string) =>
  /(^|\/)(node_modules|dist|generated|\.next|\.vitepress|\.tools|\.git|\.changeset)$/.test(path)
// A dot at the beginning of a name hides a folder from a pattern.
const pages = globSync(['**/*.md', '.github/**/*.md', '.github/ISSUE_TEMPLATE/*.yml'], {
  cwd: root,
  exclude,
}).map((path) => path.replaceAll('\\', '/'))

/** What a page links to: in brackets, as a reference, or as an address of HTML. Code is no link. */
function linksOf(text: string): readonly string[] {
  const prose = text.replace(/^ *(`{3,})[^\n]*\n.*?^ *\1 *$/gms, '').replace(/`[^`\n]*`/g, '')
  const found = [
    ...prose.matchAll(/\]\(\s*<?([^)\s>]+)/g),
    ...prose.matchAll(/^\[[^\]]+\]: +(\S+)/gm),
    ...prose.matchAll(/<(?:a|img|source)\b[^>]*? (?:href|src|srcset)="([^"]+)"/g),
    ...prose.matchAll(/<(https?:[^>\s]+)>/g),
    ...prose.matchAll(/^ *url: (\S+)$/gm),
  ]
  return found.map(([, target = '']) => target)
}

/** The names by which a page's headings are linked to; the second of the same words has a number. */
function anchorsOf(text: string): readonly string[] {
  const prose = text.replace(/^ *(`{3,})[^\n]*\n.*?^ *\1 *$/gms, '')
  const seen = new Map<string, number>()
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => {
    const anchor = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-')
    const count = seen.get(anchor) ?? 0
    seen.set(anchor, count + 1)
    return count === 0 ? anchor : `${anchor}-${count}`
  })
}

/** Why a link of a page leads nowhere; undefined if it leads somewhere. Other sites are not visited. */
function faultOf(page: string, link: string): string | undefined {
  if (link.startsWith('mailto:')) return undefined
  if (/^[a-z]+:/i.test(link)) {
    const { protocol, hostname } = URL.canParse(link) ? new URL(link) : {}
    if (protocol !== 'https:') return 'is no https address'
    const [, own] =
      /^https:\/\/github\.com\/countersign\/countersign\/(?:blob|tree)\/main\/(.+)$/.exec(link) ?? []
    if (own !== undefined) return faultOf('README.md', own)
    return hostname?.includes('.') ? undefined : 'names no host'
  }
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? join(root, page) : join(root, dirname(page), decodeURIComponent(path))
  if (relative(root, target).startsWith('..')) return 'leads out of the repository'
  if (!existsSync(target)) return 'leads to no file'
  if (anchor === undefined) return undefined
  if (statSync(target).isDirectory() || !target.endsWith('.md')) return 'names a heading of what has none'
  return anchorsOf(readFileSync(target, 'utf8')).includes(anchor) ? undefined : 'names no heading'
}

it('every page of the repository is looked at', () => {
  expect(pages).toEqual(
    expect.arrayContaining([
      'README.md',
      'CONTRIBUTING.md',
      'SECURITY.md',
      'CHANGELOG.md',
      'examples/README.md',
      'packages/cli/README.md',
      'docs/recipes/lti.md',
      '.github/pull_request_template.md',
    ]),
  )
})

it.each(pages)('%s: every link leads somewhere', (page) => {
  const links = linksOf(readFileSync(join(root, page), 'utf8'))
  const faults = links.flatMap((link) => faultOf(page, link)?.replace(/^/, `${link} `) ?? [])
  expect(faults).toEqual([])
})

describe('a link is refused', () => {
  it.each([
    ['docs/README.md', 'no-such-page.md', 'leads to no file'],
    ['docs/README.md', 'quick-start.md#no-such-heading', 'names no heading'],
    ['docs/README.md', '#no-such-heading', 'names no heading'],
    ['docs/README.md', '../../elsewhere.md', 'leads out of the repository'],
    ['docs/README.md', '../examples#readme', 'names a heading of what has none'],
    ['docs/README.md', 'http://example.com', 'is no https address'],
    ['docs/README.md', 'https://example', 'names no host'],
    ['docs/README.md', 'https://github.com/countersign/countersign/blob/main/none.md', 'leads to no file'],
    ['docs/README.md', 'https:// example.com', 'is no https address'],
  ])('of %s to %s', (page, link, fault) => {
    expect(faultOf(page, link)).toBe(fault)
  })

  it('wherever it stands', () => {
    const text =
      '[a](b.md) ![c](d.png "e")\n[f]: g.md\n<img alt="" src="h.svg"> <https://i.example>\n`[j](k)`'
    expect(linksOf(text)).toEqual(['b.md', 'd.png', 'g.md', 'h.svg', 'https://i.example'])
  })
})
