import type { NextFunction, Request, Response } from 'express'

/** For every page: no framing (clickjacking), no caching, and no Referer to other sites. */
export function pageHeaders(_req: Request, res: Response, next: NextFunction): void {
  res.set({
    'Content-Security-Policy': "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    'X-Frame-Options': 'DENY',
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  })
  next()
}

/** HTML that is safe to send. */
class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** A template whose values are always escaped. */
export function html(parts: TemplateStringsArray, ...values: readonly (string | Html)[]): Html {
  const texts = values.map((value) => (value instanceof Html ? value.text : escapeHtml(value)))
  return new Html(parts.map((part, index) => part + (texts[index] ?? '')).join(''))
}

export function page(title: string, content: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width">
      <title>${title}</title>
      <h1>${title}</h1>
      ${content}
    </html>`.text
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
