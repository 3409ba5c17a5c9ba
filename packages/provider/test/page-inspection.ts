import process from 'node:process'
import axe, { type AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** Where to put pictures of every page; none are taken without it. */
const pictures = process.env['COUNTERSIGN_SCREENSHOTS']

export const devices = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } }
const allDevices = { ...devices, smallest: { width: 320, height: 568 } }

/** In the page: elements wider than the window, elements that leave the sheet, and buttons covered at some point. */
const faultsOfLayout = `(() => {
  const faults = []
  const root = document.documentElement
  if (root.scrollWidth > root.clientWidth) faults.push('the page scrolls sideways')
  const isCut = (element) => element !== null && (getComputedStyle(element).overflow !== 'visible' || isCut(element.parentElement))
  // Combining marks are painted outside of their line, where no box tells of them: only clipped elements keep them in.
  for (const name of document.querySelectorAll('bdi'))
    if (/\\p{M}{4}/u.test(name.textContent) && !isCut(name)) faults.push('not cut: ' + name.textContent)
  const sheet = document.querySelector('.sheet').getBoundingClientRect()
  const texts = document.createTreeWalker(document.querySelector('.sheet'), NodeFilter.SHOW_TEXT)
  for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) {
    if (isCut(text.parentElement)) continue
    const range = document.createRange()
    range.selectNodeContents(text)
    for (const { left, right } of range.getClientRects())
      if (left < sheet.left || right > sheet.right) faults.push('outside of the sheet: ' + text.data)
  }
  // After an element that is laid out as a box a line may break, even before a comma.
  for (const element of document.querySelectorAll('bdi, time, code')) {
    const text = element.nextSibling
    if (text?.nodeType !== Node.TEXT_NODE || !/^[,.;:!?)]/.test(text.data)) continue
    const range = document.createRange()
    range.setStart(text, 0)
    range.setEnd(text, 1)
    if (range.getBoundingClientRect().top >= element.getBoundingClientRect().bottom)
      faults.push('begins a line: ' + text.data)
  }
  // A narrow column of a few letters a line is read by no one.
  for (const text of document.querySelectorAll('.top *, footer *')) {
    if (text.childElementCount > 0 || isCut(text) || !text.checkVisibility()) continue
    const range = document.createRange()
    range.selectNodeContents(text)
    if (range.getClientRects().length > 4) faults.push('broken apart: ' + text.textContent)
  }
  for (const link of document.querySelectorAll('.top a:not(.skip), footer a')) {
    // The menu of the account opens over the others.
    if (!link.checkVisibility() || document.querySelector('details.who[open]')) continue
    link.scrollIntoView({ block: 'center' })
    const { left, right, top, bottom } = link.getClientRects()[0]
    if (!link.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2)))
      faults.push('covered: ' + link.outerHTML)
  }
  for (const button of document.querySelectorAll('button, .button, summary, input:not([type=hidden]), textarea')) {
    if (!button.checkVisibility()) continue
    button.scrollIntoView({ block: 'center' })
    const { left, right, top, bottom } = button.getBoundingClientRect()
    for (const [x, y] of [[(left + right) / 2, (top + bottom) / 2], [left + 4, top + 4], [right - 4, bottom - 4]]) {
      const hit = document.elementFromPoint(x, y)
      if (hit === null || !button.contains(hit)) faults.push('covered: ' + button.outerHTML)
    }
  }
  scrollTo(0, 0)
  return faults
})()`

const colorSchemes = ['light', 'dark'] as const

/** Looks at the layout of the open page in each size and colour scheme. */
export async function measure(
  page: Page,
  name: string,
  sizes: typeof devices,
  schemes: readonly (typeof colorSchemes)[number][],
): Promise<void> {
  for (const [device, viewport] of Object.entries(sizes)) {
    await page.setViewportSize(viewport)
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme })
      expect.soft(await page.evaluate(faultsOfLayout), `${name} ${device} ${colorScheme}`).toEqual([])
      const path = `${pictures}/${name}-${device}-${colorScheme}.png`
      if (pictures) await page.screenshot({ path, fullPage: true })
    }
  }
}

/** Looks at the open page in all sizes and colour schemes: no fault that axe-core can find, nothing cut off or covered. */
export async function inspectPage(page: Page, name: string): Promise<void> {
  await measure(page, name, allDevices, colorSchemes)
  // The policy allows no scripts: the checker is brought in from outside the page.
  await page.evaluate(axe.source)
  for (const colorScheme of colorSchemes) {
    await page.emulateMedia({ colorScheme })
    // The other rules see the same page in either scheme.
    const rules = colorScheme === 'light' ? '' : `{ runOnly: ['color-contrast', 'link-in-text-block'] }`
    const { violations } = await page.evaluate<AxeResults>(`axe.run(${rules})`)
    const faults = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
    expect.soft(faults, `${name} ${colorScheme}`).toEqual([])
  }
}
