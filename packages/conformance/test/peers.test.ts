import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { columnOf, failedText } from '../../../scripts/conformance-table.ts'
import { available } from '../../countersign/test/services.ts'
import { runConformance } from '../src/index.ts'
import { openPeer } from './peers/peer.ts'

const page = readFileSync(join(import.meta.dirname, '../../../docs/conformance.md'), 'utf8')
/** The cells of one column of the page's table, less its head. */
const columnIn = (at: number) =>
  [...page.matchAll(/^\| (?!---)[^|]+\|.*\|$/gm)]
    .map(([row]) => row.split('|').map((cell) => cell.trim()))
    .filter((cells) => /\d+ passed/.test(cells[2] ?? ''))
    .map((cells) => cells[at])

describe.each([
  ['Authlib', 'authlib', 3],
  ['oauthlib', 'oauthlib-flask', 4],
] as const)('a provider over %s', async (name, service, column) => {
  it.runIf(await available(service))(
    'does as docs/conformance.md says, with the versions named there',
    async () => {
      const peer = await openPeer(name)
      const report = await runConformance(peer.target).finally(() => peer.close())
      const { versions } = peer
      // Another version may do better: then the page is to be rewritten with scripts/conformance-page.ts.
      const paragraph = page.split('\n').find((line) => line.startsWith(`**${versions}** `))
      expect(failedText({ name, versions, report })).toBe(paragraph)
      expect(columnOf({ report })).toEqual(columnIn(column))
    },
  )
})
