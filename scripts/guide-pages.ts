// The guides, as docs/README.md lists them: the only list, in the order that a reader needs.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export interface GuideGroup {
  readonly title: string
  readonly pages: readonly GuidePage[]
}

export interface GuidePage {
  /** Markdown, such as `` Plain `node:http` ``. */
  readonly title: string
  /** Relative to docs/: `recipes/lti.md`, or `../packages/cli/README.md` for a page that is no guide. */
  readonly path: string
}

/** Reads the list of a copy of this repository; of this one, unless told otherwise. */
export function guideGroups(root: string = resolve(import.meta.dirname, '..')): readonly GuideGroup[] {
  const index = readFileSync(join(root, 'docs/README.md'), 'utf8')
  return index
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const pages = section.matchAll(/^- \[([^\]]+)\]\(([^)#]+\.md)\)/gm)
      return {
        title: section.slice(0, section.indexOf('\n')),
        pages: Array.from(pages, ([, title = '', path = '']) => ({ title, path })),
      }
    })
}
