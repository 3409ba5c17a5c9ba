import { posix } from 'node:path'
import type { DefaultTheme } from 'vitepress'
import { repository } from '../../scripts/absolute-links.ts'
import { guideGroups } from '../../scripts/guide-pages.ts'
import { apiEntries } from './api-entries.ts'

/** The guides in the order of docs/README.md, and the API after them. */
export function sidebar(): DefaultTheme.SidebarItem[] {
  const guides = guideGroups().map(({ title, pages }) => ({
    text: title,
    items: pages.map(({ title, path }) => ({ text: withoutMarks(title), link: addressOf(path) })),
  }))
  const entries = apiEntries.map(({ name }) => ({ text: name, link: `/api/${name}/` }))
  return [...guides, { text: 'API', items: [{ text: 'All entries', link: '/api/' }, ...entries] }]
}

/** A page of another folder, such as a package's own, is no page of the site. */
function addressOf(path: string): string {
  return path.startsWith('../')
    ? `${repository}/blob/main/${posix.join('docs', path)}`
    : `/${path.slice(0, -'.md'.length)}`
}

function withoutMarks(title: string): string {
  return title.replaceAll('`', '')
}
