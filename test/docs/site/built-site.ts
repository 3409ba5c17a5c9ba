import { spawn } from 'node:child_process'
import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import process from 'node:process'

const root = resolve(import.meta.dirname, '../../..')
const folder = join(root, 'docs/.vitepress/dist')
const repository = 'https://github.com/countersign/countersign/blob/main/'

export interface ServedSite {
  readonly address: string
  stop(): Promise<void>
}

/** As `npm run docs` does, with the packages that are installed: builds the site, and serves it. */
export async function serveDocs(): Promise<ServedSite> {
  const child = spawn(process.execPath, [join(root, 'docs/.vitepress/main.ts'), 'serve'], {
    env: { ...process.env, PORT: '0', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const address = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text
        const [, found] = /^The documentation is at (http:\/\/\S+)\/$/m.exec(printed) ?? []
        if (found !== undefined) resolve(found)
      })
    void ended.then((code) => reject(new Error(`npm run docs ended with ${code}:\n${printed}`)))
  })
  return {
    address,
    async stop() {
      child.kill()
      await ended
    },
  }
}

/** A page as it is published. */
export interface Page {
  /** As it is linked to: `/recipes/lti`. */
  readonly path: string
  readonly html: string
  readonly anchors: ReadonlySet<string>
}

/** Every page of the built site by its path. */
export function builtPages(): ReadonlyMap<string, Page> {
  const files = globSync('**/*.html', { cwd: folder }).filter((file) => file !== '404.html')
  return new Map(
    files.map((file) => {
      const path = `/${file.replaceAll('\\', '/').replace(/(?:(?<=^|\/)index)?\.html$/, '')}`
      const html = readFileSync(join(folder, file), 'utf8')
      const anchors = new Set(Array.from(html.matchAll(/\sid="([^"]+)"/g), ([, id = '']) => text(id)))
      return [path, { path, html, anchors }]
    }),
  )
}

/** The links and images of a page that lead nowhere: to no page, no heading, or no file of the repository. */
export function deadLinks({ path, html }: Page, pages: ReadonlyMap<string, Page>): string[] {
  const links = Array.from(html.matchAll(/<a\s[^>]*?href="([^"]*)"/g), ([, link = '']) => text(link))
  const images = Array.from(html.matchAll(/<img\s[^>]*?src="([^"]*)"/g), ([, image = '']) => text(image))
  const isDead = (link: string) => {
    const { origin, pathname, hash, href } = new URL(link, `http://site${path}`)
    if (href.startsWith(repository)) return !isInRepository(href.slice(repository.length))
    if (origin !== 'http://site') return false
    const target = pages.get(decodeURIComponent(pathname))
    return target === undefined || (hash !== '' && !target.anchors.has(decodeURIComponent(hash.slice(1))))
  }
  const isMissing = (image: string) => image.startsWith('/') && !isFile(join(folder, image))
  return [...new Set(links)].filter(isDead).concat(images.filter(isMissing))
}

const inRepository = new Map<string, boolean>()

/** A file or a folder, and for `#L12` a file that has as many lines. */
function isInRepository(link: string): boolean {
  const known = inRepository.get(link)
  if (known !== undefined) return known
  const [path = '', hash = ''] = link.split('#')
  const [, line] = /^L(\d+)$/.exec(hash) ?? []
  const file = join(root, decodeURIComponent(path))
  const found =
    line === undefined
      ? existsSync(file)
      : isFile(file) && readFileSync(file, 'utf8').split('\n').length >= Number(line)
  inRepository.set(link, found)
  return found
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

function text(attribute: string): string {
  return attribute
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
}
