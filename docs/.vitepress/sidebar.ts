import type { DefaultTheme } from 'vitepress'
import { guideGroups } from '../../scripts/guide-pages.ts'
import { apiEntries } from './api-entries.ts'

/** The guides in the order of docs/README.md, and the API after them. */
export function sidebar(): DefaultTheme.SidebarItem[] {
  const guides = guideGroups().map(({ title, pages }) => ({
    text: title,
    items: pages.map((page) => ({
      text: withoutMarks(page.title),
      link: `/${page.path.slice(0, -'.md'.length)}`,
    })),
  }))
  const entries = apiEntries.map(({ name }) => ({ text: name, link: `/api/${name}/` }))
  return [...guides, { text: 'API', items: [{ text: 'All entries', link: '/api/' }, ...entries] }]
}

function withoutMarks(title: string): string {
  return title.replaceAll('`', '')
}
