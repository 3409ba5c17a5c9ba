import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Hono } from 'hono'

/** A file that is served from memory, under a URL that changes with its content. */
export interface Asset {
  readonly path: string
  readonly type: string
  readonly content: string | Uint8Array<ArrayBuffer>
}

export const stylesheet: Asset = asset('style.css', 'text/css; charset=utf-8')
/** The only script: it adds copy buttons, and every page works without it. */
export const copyScript: Asset = asset('copy.js', 'text/javascript; charset=utf-8')
export const favicon: Asset = asset('icon.svg', 'image/svg+xml')

/** The files that pages use. */
export function assetRoutes(own: readonly Asset[] = []): Hono {
  const routes = new Hono()
  for (const { path, type, content } of [stylesheet, favicon, copyScript, ...own]) {
    const headers = {
      'content-type': type,
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      // An SVG that is opened directly is a document, and could run scripts.
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    }
    routes.get(path, (c) => c.body(content, 200, headers))
  }
  return routes
}

function asset(file: string, type: string): Asset {
  return assetOf(file, type, readFileSync(new URL(file, import.meta.url), 'utf8'))
}

export function assetOf(file: string, type: string, content: Asset['content']): Asset {
  const digest = hash('sha256', content, 'hex').slice(0, 12)
  return { path: `/assets/${file.replace('.', `-${digest}.`)}`, type, content }
}
