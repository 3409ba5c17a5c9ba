import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { completeSettings } from '../src/settings/settings.ts'
import { accentIn, backgrounds, contrast, type Scheme } from '../src/web/ui/brand-colors.ts'
import { temporaryDirectory } from './running-provider.ts'
import { openSite, password } from './site.ts'
import { Visitor } from './visitor.ts'

const files = temporaryDirectory()
afterAll(() => files.remove())

function file(name: string, content: string | Uint8Array): string {
  const path = join(files.path, name)
  writeFileSync(path, content)
  return path
}

const svg =
  '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><script>alert(1)</script><circle cx="4" cy="4" r="4"/></svg>'
const name = 'Söhne & <Töchter>'
const site = openSite({
  BRAND_NAME: name,
  BRAND_LOGO_FILE: file('logo.txt', svg),
  BRAND_COLOR: '#FFCC00',
  SUPPORT_URL: 'mailto:help@photos.example',
  TERMS_URL: 'https://photos.example/terms?a=1&b=2',
  PRIVACY_URL: 'https://photos.example/privacy',
})

const schemes = Object.keys(backgrounds) as readonly Scheme[]
const color = fc.integer({ min: 0, max: 0xffffff }).map((n) => `#${n.toString(16).padStart(6, '0')}`)

describe('the colour of the operator', () => {
  it.each([
    ['#000000', '#ffffff', 21],
    ['#777777', '#ffffff', 4.48],
    ['#ff0000', '#0000ff', 2.15],
  ])('has the contrast of WCAG: %s on %s', (one, other, ratio) => {
    expect(contrast(one, other)).toBeCloseTo(ratio, 2)
    expect(contrast(other, one)).toBeCloseTo(ratio, 2)
  })

  it.each(schemes)('can be read in the %s scheme, as a link and as a button, whichever it is', (scheme) => {
    fc.assert(
      fc.property(color, (given) => {
        const { accent, onAccent } = accentIn(scheme, given)
        expect(contrast(accent, onAccent)).toBeGreaterThanOrEqual(4.5)
        for (const ground of backgrounds[scheme]) expect(contrast(accent, ground)).toBeGreaterThanOrEqual(4.5)
      }),
      { numRuns: 200, examples: [['#000000'], ['#ffffff'], ['#777777'], ['#ffff00'], ['#0000ff']] },
    )
  })

  it('stays as it is where it can be read', () => {
    expect(accentIn('light', '#0b5e4b')).toEqual({ accent: '#0b5e4b', onAccent: '#ffffff' })
    expect(accentIn('dark', '#6fd0b1')).toEqual({ accent: '#6fd0b1', onAccent: '#000000' })
  })

  it.each(schemes)('is measured against the %s backgrounds of the stylesheet', (scheme) => {
    const css = readFileSync(new URL('../src/web/ui/style.css', import.meta.url), 'utf8')
    const [light = '', dark = ''] = [...css.matchAll(/:root \{(.*?)\}/gs)].map(([, rule]) => rule)
    const rule = scheme === 'light' ? light : dark
    const wanted = ['ground', 'sheet', 'note', 'alert', 'warning'].map((variable) =>
      new RegExp(`--${variable}: (#[0-9a-f]+)`).exec(rule)?.[1]?.replace(/^#(.)(.)(.)$/, '#$1$1$2$2$3$3'),
    )
    expect(backgrounds[scheme]).toEqual(wanted)
  })
})

describe('the settings of the brand', () => {
  const png = Buffer.from('89504e470d0a1a0a0000', 'hex')
  it.each([
    [
      'no file',
      { logoFile: join(files.path, 'none.png') },
      /brand\.logoFile: .*none\.png cannot be read: ENOENT/,
    ],
    ['a folder', { logoFile: files.path }, /cannot be read: EISDIR/],
    [
      'a page',
      { logoFile: file('a.png', '<html><svg></svg></html>') },
      /is not a PNG, JPEG, WebP or SVG image/,
    ],
    [
      'much',
      { logoFile: file('b.png', Buffer.concat([png, Buffer.alloc(300_000)])) },
      /has 293 KB: use .* 256 KB/,
    ],
    ['a word for a colour', { color: 'red' }, /brand\.color: must be a colour such as #3355aa/],
    ['a script for a link', { termsUrl: 'javascript:alert(1)' }, /brand\.termsUrl: must be an address/],
    ['mail for terms', { privacyUrl: 'mailto:a@b.example' }, /brand\.privacyUrl: must be an address/],
  ])('refuse %s', (_, brand, message) => {
    expect(() => completeSettings({ brand: { name: 'Photos', ...brand } })).toThrow(message)
  })

  it.each([
    ['PNG', png],
    ['JPEG', Buffer.from('ffd8ffe0', 'hex')],
    ['WebP', Buffer.from('RIFF\x10\0\0\0WEBPVP8 ', 'latin1')],
    ['SVG after a comment', Buffer.from('<!-- ours -->\n<svg>')],
  ])('take a %s', (kind, content) => {
    const logoFile = file(`good-${kind.replaceAll(' ', '-')}`, content)
    expect(completeSettings({ brand: { name: 'Photos', logoFile } }).brand.logoFile).toBe(logoFile)
  })
})

describe('the pages of an operator', () => {
  const shown = 'Söhne &amp; &lt;Töchter&gt;'

  it('have its name, logo, colour and links, on errors as well, and load nothing from elsewhere', async () => {
    const visitor = new Visitor(site.provider.url)
    for (const path of ['/', '/sign-in', '/nowhere']) {
      const { text, headers } = await visitor.open(path)
      expect(text).toContain(` · ${shown}</title>`)
      expect(text).toMatch(/<a class="brand" href="\/"><img src="\/assets\/logo-[0-9a-f]{12}\.svg" alt="">/)
      expect(text).toContain(`<span>${shown}</span></a>`)
      expect(text).toMatch(/<link rel="icon" href="\/assets\/logo-[0-9a-f]{12}\.svg" type="image\/svg\+xml">/)
      expect(text).not.toContain('Countersign')
      const footer = text.slice(text.indexOf('<footer>'))
      for (const url of ['mailto:help@photos.example', 'https://photos.example/privacy'])
        expect(footer).toContain(`href="${url}"`)
      expect(footer).toContain('href="https://photos.example/terms?a=1&amp;b=2"')
      expect(headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; /,
      )
      expect(text).not.toMatch(/src="(?!\/assets\/)|style=/)
    }
  })

  it('are said to be theirs where one signs up and decides', async () => {
    const visitor = new Visitor(site.provider.url)
    const signUp = await visitor.open('/sign-up')
    expect(signUp.text).toContain(
      'By signing up you agree to the <a href="https://photos.example/terms?a=1&amp;b=2"',
    )
    await visitor.signUp('hanna', password)
    const keys = await site.register(visitor, { name: 'Album', callbacks: 'https://album.example/cb' })
    const { key } = await site.temporaryCredential(keys, 'https://album.example/cb')
    const { text } = await visitor.open(`/oauth/authorize?oauth_token=${key}`)
    expect(text).toContain(`use the API of ${shown} for you`)
    expect(text).toMatch(
      /<p class="hint center links"><a [^>]*>Terms of use<\/a><a [^>]*>Privacy policy<\/a><\/p>/,
    )
  })

  it('serve the logo and the colours under names that change with them, and let no script of an SVG run', async () => {
    const { text } = await new Visitor(site.provider.url).open('/')
    const [logo = ''] = /\/assets\/logo-[0-9a-f]+\.svg/.exec(text) ?? []
    const [sheet = ''] = /\/assets\/brand-[0-9a-f]+\.css/.exec(text) ?? []
    const image = await fetch(site.provider.url + logo)
    expect(await image.text()).toBe(svg)
    expect(image.headers.get('content-type')).toBe('image/svg+xml')
    expect(image.headers.get('content-security-policy')).toMatch(/^default-src 'none'.*; sandbox$/)
    expect(image.headers.get('x-content-type-options')).toBe('nosniff')
    const css = await fetch(site.provider.url + sheet)
    expect(css.headers.get('cache-control')).toContain('immutable')
    expect(await css.text()).toContain(
      'prefers-color-scheme: dark) { :root { --accent: #ffcc00; --on-accent: #000000 } }',
    )
  })
})
