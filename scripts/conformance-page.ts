// Writes docs/conformance.md: the guide, the results of countersign, Authlib and oauthlib, and every case.
// `node --conditions=countersign-source scripts/conformance-page.ts` runs the suite against all three, and so needs
// Debian's python3-authlib, python3-flask and python3-oauthlib. Tests fail if the page differs.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { allCases, type ConformanceCase, type Group, groups, runConformance } from '@countersign/conformance'
import { openOwnProvider } from '../packages/conformance/test/own-provider.ts'
import { openPeer } from '../packages/conformance/test/peers/peer.ts'
import { conformanceGuide } from './conformance-guide.ts'
import { comparison, type Run } from './conformance-table.ts'

/** The page, from the runs. */
export function conformancePage(runs: readonly Run[]): string {
  return `${conformanceGuide}\n${comparison(runs)}\n${caseTexts()}`
}

/** Every case by its group. */
export function caseTexts(): string {
  const sections = (Object.keys(groups) as Group[]).map((group) => {
    const own = allCases.filter((each) => each.group === group)
    return `### ${groups[group]}\n\n${own.map(caseText).join('\n')}`
  })
  return `## The cases\n\n${sections.join('\n')}`
}

function caseText({ id, title, section, level, why, remedy }: ConformanceCase): string {
  return `#### ${id}\n\n**${title}** (${section}, ${level}). ${why} *Remedy:* ${remedy}\n`
}

async function runAll(): Promise<Run[]> {
  const own = await openOwnProvider()
  const runs: Run[] = [{ name: 'countersign', versions: undefined, report: await runConformance(own.target) }]
  await own.close()
  for (const name of ['Authlib', 'oauthlib'] as const) {
    const peer = await openPeer(name)
    runs.push({ name, versions: peer.versions, report: await runConformance(peer.target) })
    await peer.close()
  }
  return runs
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(join(import.meta.dirname, '../docs/conformance.md'), conformancePage(await runAll()))
