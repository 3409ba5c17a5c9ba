import { hash } from 'node:crypto'
import type Sharp from 'sharp'
import { inputFault } from '../input-fault.ts'
import { BoundedWork } from '../limits/bounded-work.ts'

/** The most octets of an upload. */
export const maxLogoLength = 512 * 1024

/** A logo as it is stored and served. */
export interface LogoImage {
  readonly png: Buffer
  /** Digest of the octets: part of the logo's URL. */
  readonly digest: string
}

/** A picture takes at most about 50 MB and a few tenths of a second. */
const maxPixels = 12_000_000
const maxSide = 256
/** In base64, it fits into a text column of MySQL. */
const maxStoredLength = 45_000

const work = new BoundedWork({ atOnce: 1, waiting: 20, perKey: 2 })

/** Whether pictures can be decoded here: `sharp` is an optional dependency, which not every machine has. */
export async function canTakeLogos(): Promise<boolean> {
  return (await loadSharp()) !== undefined
}

/**
 * Decodes a picture and encodes it again as a small PNG: nothing of the upload itself is served, whatever else it may
 * contain.
 *
 * @param key - Whose upload it is.
 * @throws InputError for anything but one still PNG, JPEG or WebP picture; OverloadError.
 */
export async function logoImage(octets: Uint8Array, key: string): Promise<LogoImage> {
  if (octets.length === 0) throw inputFault('logo', 'logoNone')
  if (octets.length > maxLogoLength) throw inputFault('logo', 'logoLarge', { max: maxLogoLength / 1024 })
  const format = formatOf(octets)
  if (format === undefined) throw inputFault('logo', 'logoFormat')
  const sharp = await loadSharp()
  if (sharp === undefined) throw inputFault('logo', 'logoUnavailable')
  const png = await work.run(key, () => encoded(sharp, octets, format))
  return { png, digest: hash('sha256', png, 'base64url') }
}

type Format = 'png' | 'jpeg' | 'webp'

/** Identified by its first octets, so that no other decoder of the library is reached. */
function formatOf(octets: Uint8Array): Format | undefined {
  const head = Buffer.from(octets.subarray(0, 12)).toString('latin1')
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'png'
  if (head.startsWith('\xff\xd8\xff')) return 'jpeg'
  return /^RIFF....WEBP$/s.test(head) ? 'webp' : undefined
}

async function encoded(sharp: typeof Sharp, octets: Uint8Array, format: Format): Promise<Buffer> {
  const options = { limitInputPixels: maxPixels, failOn: 'error', sequentialRead: true } as const
  const {
    width = 0,
    height = 0,
    pages = 1,
    format: found,
  } = await read(() => sharp(octets, options).metadata())
  if (found !== format) throw inputFault('logo', 'logoFormat')
  if (width * height > maxPixels) throw inputFault('logo', 'logoPixels', { max: maxPixels / 1_000_000 })
  if (pages > 1 || (format === 'png' && isAnimatedPng(octets))) throw inputFault('logo', 'logoAnimated')
  for (const [side, isPalette] of [
    [maxSide, false],
    [maxSide, true],
    [maxSide / 2, true],
  ] as const) {
    const png = await read(() =>
      sharp(octets, options)
        .timeout({ seconds: 10 })
        .autoOrient()
        .resize(side, side, { fit: 'inside', withoutEnlargement: true })
        .toColourspace('srgb')
        .png({ compressionLevel: 9, palette: isPalette })
        .toBuffer(),
    )
    if (png.length <= maxStoredLength) return png
  }
  throw inputFault('logo', 'logoComplex')
}

async function read<R>(decode: () => Promise<R>): Promise<R> {
  try {
    return await decode()
  } catch (error) {
    const isBomb = /pixel limit/i.test((error as Error).message)
    throw isBomb
      ? inputFault('logo', 'logoPixels', { max: maxPixels / 1_000_000 })
      : inputFault('logo', 'logoBroken')
  }
}

/** The decoder reads only the first frame of an animation; the animation chunk comes before the pixels. */
function isAnimatedPng(octets: Uint8Array): boolean {
  const data = Buffer.from(octets)
  for (let at = 8; at + 8 <= data.length; at += data.readUInt32BE(at) + 12) {
    const type = data.toString('latin1', at + 4, at + 8)
    if (type === 'acTL') return true
    if (type === 'IDAT') return false
  }
  return false
}

let loaded: Promise<typeof Sharp | undefined> | undefined

/** Loaded at the first use. */
function loadSharp(): Promise<typeof Sharp | undefined> {
  loaded ??= import('sharp').then(
    ({ default: sharp }) => {
      // Uploads are rare: nothing is kept in memory for the next, and one core is enough.
      sharp.cache(false)
      sharp.concurrency(1)
      return sharp
    },
    () => undefined,
  )
  return loaded
}
