import type { MarkdownOptions, MarkdownRenderer } from 'vitepress'
import { absoluteLinks } from '../../scripts/absolute-links.ts'

type Token = ReturnType<MarkdownRenderer['parse']>[number]

/** How pages become HTML. They are read on GitHub, too: links and anchors are written as they work there. */
export const markdown: MarkdownOptions = {
  // An address in a text is an example more often than a place to go.
  linkify: false,
  // The usual themes are too pale for WCAG 1.4.3.
  theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
  anchor: { slugify: anchorOf },
  preConfig(md) {
    md.core.ruler.before('normalize', 'links', (state) => {
      const { relativePath } = state.env as { readonly relativePath: string }
      state.src = siteLinks(state.src, relativePath)
    })
  },
  config(md) {
    md.core.ruler.push('columns', ({ tokens }) => nameColumns(tokens))
    const { fence } = md.renderer.rules
    md.renderer.rules.fence = (tokens, index, ...rest) => {
      // Read first: the renderer removes it.
      const [, name] = /\[([^\]]+)\]/.exec(tokens[index]?.info ?? '') ?? []
      const html = fence?.(tokens, index, ...rest) ?? ''
      return name === undefined
        ? html
        : html.replace(/(?<=<span class="lang">)[^<]*/, () => md.utils.escapeHtml(name))
    }
  },
}

/** Each cell gets the heading of its column: where there is no room for columns, the style shows it before the cell. */
function nameColumns(tokens: readonly Token[]): void {
  let headings: string[] = []
  let column = 0
  for (const [index, token] of tokens.entries()) {
    if (token.type === 'table_open') headings = []
    else if (token.type === 'tr_open') column = 0
    else if (token.type === 'th_open') {
      const heading = textOf(tokens[index + 1])
      headings.push(heading)
      // A corner is no heading: WCAG 1.3.1.
      if (heading === '') for (const tag of [token, tokens[index + 2]]) if (tag) tag.tag = 'td'
    } else if (token.type === 'td_open') {
      const heading = headings[column++]
      // A second column of two explains itself.
      if (heading && headings.length > 2) token.attrSet('data-column', heading)
    }
  }
}

function textOf(inline: Token | undefined): string {
  return inline?.children?.map(({ content }) => content).join('') ?? ''
}

/** Links to the rest of the repository become absolute; docs/README.md has another name on the site. */
function siteLinks(text: string, page: string): string {
  const isPage = (path: string) => path.startsWith('docs/')
  return absoluteLinks(text, `docs/${page}`, 'main', isPage).replaceAll(
    /\]\(((?:\.\.\/)*)README\.md\b/g,
    ']($1guides.md',
  )
}

/** A heading's name in links, as GitHub makes it. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-')
}
