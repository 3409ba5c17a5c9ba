import { readFileSync } from 'node:fs'
import { Hono } from 'hono'
import { sha256 } from '../../random.ts'

/** A file that is served from memory, under an address that changes with its content. */
export interface Asset {
  readonly path: string
  readonly type: string
  readonly text: string
}

export const stylesheet: Asset = asset('style.css', 'text/css; charset=utf-8')
export const favicon: Asset = asset('icon.svg', 'image/svg+xml')

/** The files that pages refer to. */
export function assetRoutes(): Hono {
  const routes = new Hono()
  for (const { path, type, text } of [stylesheet, favicon]) {
    routes.get(path, (c) =>
      c.body(text, 200, { 'content-type': type, 'cache-control': 'public, max-age=31536000, immutable' }),
    )
  }
  return routes
}

function asset(file: string, type: string): Asset {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8')
  const path = `/assets/${file.replace('.', `-${sha256(text).slice(0, 12)}.`)}`
  return { path, type, text }
}
