import axe, { type AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

/**
 * What axe-core finds fault with on the open page, a line for each rule: its name, and the elements that break it.
 *
 * @param rules - The only rules to look at; all of them unless given.
 */
export async function accessibilityFaults(page: Page, rules?: readonly string[]): Promise<string[]> {
  // The page's policy may allow no scripts: the checker is brought in from outside the page.
  if (!(await page.evaluate(`'axe' in window`))) await page.evaluate(axe.source)
  const options = JSON.stringify({ resultTypes: ['violations'], ...(rules && { runOnly: rules }) })
  const { violations } = await page.evaluate<AxeResults>(`axe.run(${options})`)
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}
