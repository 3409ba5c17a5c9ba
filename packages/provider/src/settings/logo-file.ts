import { readFileSync, statSync } from 'node:fs'

/** The operator's logo, with its media type. */
export interface LogoFile {
  readonly content: Uint8Array<ArrayBuffer>
  readonly type: string
  readonly extension: string
}

const maxLength = 256 * 1024

/** The first octets of each file type, whatever the file's name. */
const kinds = [
  { extension: 'png', type: 'image/png', begins: /^\x89PNG\r\n/ },
  { extension: 'jpg', type: 'image/jpeg', begins: /^\xff\xd8\xff/ },
  { extension: 'webp', type: 'image/webp', begins: /^RIFF.{4}WEBP/s },
  {
    extension: 'svg',
    type: 'image/svg+xml',
    begins: /^(?:\xef\xbb\xbf)?(?:<\?xml[^>]*>|<!--.*?-->|<!DOCTYPE[^>]*>|\s)*<svg[\s>]/s,
  },
] as const

/** Reads the file of a logo. @returns The logo, or the file's fault and its remedy. */
export function readLogoFile(path: string): LogoFile | { readonly fault: string } {
  let content: Uint8Array<ArrayBuffer>
  try {
    const { size } = statSync(path)
    if (size > maxLength)
      return { fault: `has ${Math.ceil(size / 1024)} KB: use an image of at most ${maxLength / 1024} KB` }
    content = new Uint8Array(readFileSync(path))
  } catch (error) {
    return { fault: `cannot be read: ${(error as Error).message}` }
  }
  const beginning = Buffer.from(content.subarray(0, 4096)).toString('latin1')
  const kind = kinds.find(({ begins }) => begins.test(beginning))
  if (kind === undefined) return { fault: 'is not a PNG, JPEG, WebP or SVG image' }
  return { content, type: kind.type, extension: kind.extension }
}
