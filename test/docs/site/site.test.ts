import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { available } from '../../../packages/countersign/test/services.ts'
import { accessibilityFaults } from '../../../packages/provider/test/accessibility.ts'
import { launchChromium } from '../../../packages/provider/test/chromium.ts'
import { devices } from '../../../packages/provider/test/page-inspection.ts'
import { builtPages, deadLinks, type ServedSite, serveDocs } from './built-site.ts'

/** Building takes its time where the machine has other work. */
const timeout = 600_000
const index = readFileSync(join(import.meta.dirname, '../../../docs/README.md'), 'utf8')
const guides = Array.from(index.matchAll(/^- \[[^\]]+\]\((?!\.\.)([^)]+)\.md\)/gm), ([, page]) => `/${page}`)
/**
 * One of each kind of the 700 pages of the API, for axe-core; the links of all of them are checked. With
 * `COUNTERSIGN_EVERY_PAGE=1`, all are opened, too.
 */
const apiSample = [
  '/api/',
  '/api/countersign/',
  '/api/countersign/express/',
  '/api/@countersign/provider/',
  '/api/countersign/classes/ResourceProtector',
  '/api/countersign/interfaces/Hooks',
  '/api/countersign/express/functions/requireOAuth',
]
/** Looked at in each size and colour scheme, all others in one of these four. */
const representative = [
  '/',
  '/concepts',
  '/reference',
  '/troubleshooting',
  '/express',
  '/api/countersign/classes/ResourceProtector',
]

const views = Object.values(devices).flatMap((viewport) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ viewport, colorScheme })),
)
type View = (typeof views)[number]
const desktop: View = { viewport: devices.desktop, colorScheme: 'light' }

/** In the page: by how much it is wider than the window. */
const excessWidth = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
const pages = ['/', '/guides', ...guides, ...apiSample]

let site: ServedSite
beforeAll(async () => {
  site = await serveDocs()
}, timeout)
afterAll(() => site?.stop())

it('has every guide, a page for each export of each entry, and no link or heading that leads nowhere', () => {
  const built = builtPages()
  expect([...built.keys()]).toEqual(expect.arrayContaining(pages))
  expect(built.size).toBeGreaterThan(600)
  const dead = [...built.values()].flatMap((page) => deadLinks(page, built).map((link) => [page.path, link]))
  expect(dead).toEqual([])
})

describe.skipIf(!(await available('chromium')))('in Chromium', { timeout }, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchChromium()
  }, timeout)
  afterAll(() => browser?.close())

  it.concurrent.for(views)(
    'at $viewport.width pixels, $colorScheme: no page fails, is wider than a phone, or is hard to use by what axe-core knows',
    async (view, { expect }) => {
      const { page, faults } = await openTab(view)
      const number = views.indexOf(view)
      const own = pages.filter((path, at) => at % views.length === number || representative.includes(path))
      for (const path of own) {
        await visit(page, path)
        expect.soft(await accessibilityFaults(page), path).toEqual([])
        await page.setViewportSize(devices.phone)
        expect.soft(await page.evaluate(excessWidth), path).toBe(0)
        await page.setViewportSize(view.viewport)
      }
      expect(faults).toEqual([])
    },
  )

  if (process.env['COUNTERSIGN_EVERY_PAGE'] === '1') {
    it.concurrent.for([0, 1])(
      'opens every other page, half %i: none fails or is wider than a phone',
      async (half, { expect }) => {
        const { page, faults } = await openTab({ ...desktop, viewport: devices.phone })
        const others = [...builtPages().keys()].filter((path) => !pages.includes(path))
        expect(others.length).toBeGreaterThan(600)
        for (const path of others.filter((_, at) => at % 2 === half)) {
          await visit(page, path)
          expect.soft(await page.evaluate(excessWidth), path).toBe(0)
          expect.soft(await page.locator('main h1').count(), path).toBe(1)
          expect(faults, path).toEqual([])
        }
      },
    )
  }

  it('lists the guides in the order of docs/README.md, and the API after them', async () => {
    const { page } = await openTab(desktop)
    await visit(page, '/concepts')
    const links = await page
      .locator('.VPSidebar a')
      .evaluateAll((found) => found.map((link) => link.getAttribute('href')))
    const own = links.filter((link) => link?.startsWith('/'))
    expect(own.slice(0, guides.length)).toEqual(guides)
    const others = own.slice(guides.length)
    expect(others).toEqual(expect.arrayContaining(['/api/', '/api/countersign/express/']))
    expect(others.filter((link) => !link?.startsWith('/api/'))).toEqual([])
  })

  it('finds a word, and opens the page where it stands', async () => {
    const { page, faults } = await openTab(desktop)
    await visit(page, '/')
    await page.getByRole('button', { name: 'Search' }).click()
    await page.getByRole('searchbox').fill('nonce')
    const results = page.locator('.VPLocalSearchBox .result')
    await results.first().waitFor()
    expect(await results.first().innerText()).toMatch(/nonce/i)
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.pathname !== '/')
    expect(await page.locator('main').innerText()).toMatch(/nonce/i)
    expect(faults).toEqual([])
  })

  it('changes to dark colours by its switch, and remembers it', async () => {
    const { page } = await openTab(desktop)
    await visit(page, '/concepts')
    const colour = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor')
    const before = await colour()
    await page.getByRole('switch').first().click()
    await expect.poll(colour).not.toBe(before)
    await visit(page, '/security')
    expect(await colour()).not.toBe(before)
  })

  it('has its sidebar on a phone behind a button', async () => {
    const { page } = await openTab({ ...desktop, viewport: devices.phone })
    await visit(page, '/concepts')
    await page.getByRole('button', { name: 'Menu' }).click()
    await page.locator('.VPSidebar').getByRole('link', { name: 'Fastify', exact: true }).click()
    await page.getByRole('heading', { name: 'Fastify', level: 1 }).waitFor()
  })

  async function openTab(view: View) {
    const context = await browser.newContext({ ...view, baseURL: site.address })
    const page = await context.newPage()
    page.setDefaultTimeout(timeout)
    const faults: string[] = []
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
    page.on('pageerror', (error) => faults.push(String(error)))
    page.on('response', (response) => response.ok() || faults.push(`${response.status()} ${response.url()}`))
    return { page, faults }
  }

  /** Opens a page, and waits until its scripts have taken it over. */
  async function visit(page: Page, path: string): Promise<void> {
    await page.goto(path)
    await page.waitForFunction(`document.querySelector('#app').__vue_app__ !== undefined`)
  }
})
