import { deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { logoImage, maxLogoLength } from '../src/clients/logo-image.ts'

const square = (width = 64, height = width) =>
  sharp({ create: { width, height, channels: 4, background: { r: 200, g: 30, b: 30, alpha: 0.5 } } })

const kinds: [string, () => Promise<Buffer>][] = [
  ['a PNG', () => square().png().toBuffer()],
  ['a JPEG', () => square().jpeg().toBuffer()],
  ['a WebP', () => square().webp().toBuffer()],
  ['a large one', () => square(2000, 500).png().toBuffer()],
]

it.each(kinds)('%s becomes a small PNG', async (_name, make) => {
  const { png, digest } = await logoImage(await make(), 'user')
  const { format, width = 0, height = 0 } = await sharp(png).metadata()
  expect(format).toBe('png')
  expect(Math.max(width, height)).toBeLessThanOrEqual(256)
  expect(digest).toMatch(/^[\w-]{43}$/)
})

it('noise, which cannot be packed, is made smaller until it fits', async () => {
  const noise = await sharp(Buffer.from(Array.from({ length: 400 * 400 * 3 }, () => Math.random() * 256)), {
    raw: { width: 400, height: 400, channels: 3 },
  })
    .png()
    .toBuffer()
  expect((await logoImage(noise.subarray(0), 'user')).png.length).toBeLessThanOrEqual(45_000)
})

it('nothing that is hidden in a picture is kept', async () => {
  const markers = ['<script>alert(1)</script>', 'PK\u0003\u0004 archive', 'gps secret']
  const jpeg = await square()
    .jpeg()
    .withExif({ IFD0: { Copyright: markers[2] as string } })
    .toBuffer()
  const polyglot = Buffer.concat([jpeg, Buffer.from(markers.slice(0, 2).join(''))])
  const { png } = await logoImage(polyglot, 'user')
  for (const marker of markers) expect(png.includes(marker)).toBe(false)
})

/** A PNG whose header promises so many pixels, of one colour. */
function bomb(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(data.length)
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
    const check = Buffer.alloc(4)
    check.writeUInt32BE(crc(body))
    return Buffer.concat([length, body, check])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([1, 0, 0, 0, 0], 8)
  const rows = deflateSync(Buffer.alloc((Math.ceil(width / 8) + 1) * Math.min(height, 20_000)))
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function crc(octets: Buffer): number {
  let value = 0xffffffff
  for (const octet of octets) {
    value ^= octet
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  }
  return (value ^ 0xffffffff) >>> 0
}

const animated = async (type: 'webp' | 'gif') => {
  const frames = Buffer.concat([Buffer.alloc(32 * 32 * 3, 10), Buffer.alloc(32 * 32 * 3, 200)])
  const image = sharp(frames, { raw: { width: 32, height: 64, channels: 3, pageHeight: 32 } })
  return type === 'gif' ? image.gif().toBuffer() : image.webp().toBuffer()
}

const refused: [string, () => Buffer | Promise<Buffer>, string][] = [
  ['nothing', () => Buffer.alloc(0), 'is empty'],
  ['text', () => Buffer.from('hello'), 'Use a PNG, JPEG or WebP'],
  ['an SVG', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'Use a PNG, JPEG or WebP'],
  ['a GIF', () => animated('gif'), 'Use a PNG, JPEG or WebP'],
  ['a GIF that is a script, too', () => Buffer.from('GIF89a/*...*/=alert(1)'), 'Use a PNG, JPEG or WebP'],
  ['a WebP that moves', () => animated('webp'), 'without animation'],
  ['a decompression bomb', () => bomb(20_000, 20_000), 'at most 12 million pixels'],
  ['a taller one', () => bomb(1, 60_000_000), 'million pixels|damaged'],
  ['a PNG of its header alone', async () => (await square().png().toBuffer()).subarray(0, 33), 'damaged'],
  [
    'half a JPEG',
    async () => (await square(512).jpeg({ quality: 100 }).toBuffer()).subarray(0, 900),
    'damaged',
  ],
  [
    'half a WebP',
    async () => (await square(64).webp({ lossless: true }).toBuffer()).subarray(0, 26),
    'damaged',
  ],
  [
    'the name of a PNG before another',
    async () => Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), await square().jpeg().toBuffer()]),
    'damaged|PNG, JPEG',
  ],
  ['half a megabyte and one octet', () => Buffer.alloc(maxLogoLength + 1), 'at most 512 kB'],
]

it.each(refused)('%s is refused in clear words', async (_name, make, words) => {
  await expect(logoImage(await make(), 'user')).rejects.toThrow(new RegExp(words))
})

it('a PNG that moves is refused', async () => {
  const png = await square().png().toBuffer()
  const control = Buffer.alloc(20)
  control.writeUInt32BE(8, 0)
  control.write('acTL', 4, 'latin1')
  const moving = Buffer.concat([png.subarray(0, 33), control, png.subarray(33)])
  await expect(logoImage(moving, 'user')).rejects.toThrow(/without animation|damaged/)
})

it('many at once wait, and a flood of one user is refused', async () => {
  const png = await square(1000).png().toBuffer()
  const results = await Promise.allSettled(Array.from({ length: 5 }, () => logoImage(png, 'one')))
  expect(results.filter(({ status }) => status === 'fulfilled').length).toBe(2)
  expect((await logoImage(png, 'one')).png.length).toBeGreaterThan(0)
})
