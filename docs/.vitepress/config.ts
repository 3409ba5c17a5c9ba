import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitepress'
import { repository } from '../../scripts/absolute-links.ts'
import { markdown } from './markdown.ts'
import { sidebar } from './sidebar.ts'

/** The provider's. */
const icon = readFileSync(join(import.meta.dirname, '../../packages/provider/src/web/ui/icon.svg'), 'base64')
const logo = `data:image/svg+xml;base64,${icon}`

export default defineConfig({
  lang: 'en',
  title: 'countersign',
  description: 'The OAuth 1.0 (RFC 5849) provider for TypeScript.',
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: logo }]],
  cleanUrls: true,
  // One copy of what every page knows of all pages: without it each of the 700 holds its own.
  metaChunk: true,
  // The site has a home page of its own.
  rewrites: { 'README.md': 'guides.md' },
  markdown,
  transformPageData({ relativePath }) {
    // The sidebar lists the entries only, so it has no page before or after one of their exports.
    return relativePath.startsWith('api/') ? { frontmatter: { prev: false, next: false } } : undefined
  },
  themeConfig: {
    logo: { src: logo, alt: '' },
    nav: [
      { text: 'Quick start', link: '/quick-start' },
      { text: 'Guides', link: '/guides' },
      { text: 'Reference', link: '/reference' },
      { text: 'API', link: '/api/' },
    ],
    sidebar: sidebar(),
    outline: [2, 3],
    search: {
      provider: 'local',
      options: {
        // A guide before the many pages of the API that have the same word.
        miniSearch: { searchOptions: { boostDocument: (id) => (String(id).includes('/api/') ? 0.4 : 1) } },
      },
    },
    socialLinks: [{ icon: 'github', link: repository }],
    footer: { message: 'MIT licence' },
  },
})
