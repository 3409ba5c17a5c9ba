import { join, resolve } from 'node:path'
import { build } from 'vitepress'
import { writeApiPages } from './api-pages.ts'

const docs = resolve(import.meta.dirname, '..')
/** Where the built site is. */
export const siteFolder = join(docs, '.vitepress/dist')

/**
 * Writes the API reference, and builds the site.
 *
 * @param base - The path at which it will be served, such as `/countersign/`.
 * @throws Error for a link to a page that is not there, or a warning of TypeDoc.
 */
export async function buildSite(base = '/'): Promise<void> {
  await writeApiPages(join(docs, 'api'))
  await build(docs, { base })
}
