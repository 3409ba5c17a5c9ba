import { type Group, groups, type Report, type Result } from '@countersign/conformance'

/** The suite's run against one provider. */
export interface Run {
  readonly name: string
  /** Undefined for this repository's own. */
  readonly versions: string | undefined
  readonly report: Report
}

/** How the providers did, group by group, and what they failed. */
export function comparison(runs: readonly Run[]): string {
  const titles = [...Object.values(groups), '**All**']
  const columns = runs.map(columnOf)
  const rows = titles.map((title, at) => `| ${title} | ${columns.map((column) => column[at]).join(' | ')} |`)
  return [
    '## Countersign and others',
    '',
    peersText,
    '',
    `| | ${runs.map(({ name }) => name).join(' | ')} |`,
    `| --- |${' --- |'.repeat(runs.length)}`,
    ...rows,
    '',
    ...runs.map((run) => `${failedText(run)}\n`),
  ].join('\n')
}

const peersText = `Countersign's own provider, and two small providers in Python: one as Authlib's documentation builds it with Flask and
a cache, and one over oauthlib's endpoints, with a request validator that keeps nonces atomically and compares callbacks.
Their sign-in and consent pages are the tests' own, so the group of the consent page says little about these libraries.
Their stores answer after 20 ms, as across a network.`

/** What a run failed: a paragraph of the page. */
export function failedText({ name, versions, report: { results } }: Run): string {
  const failed = (level: Result['level']) =>
    results.filter((result) => result.outcome === 'failed' && result.level === level)
  const links = (found: readonly Result[]) =>
    found.length === 0 ? 'nothing' : found.map(({ id }) => `[${id}](#${id})`).join(', ')
  return `**${versions ?? name}** fails ${links(failed('must'))}. Advice: ${links(failed('should'))}.`
}

/** The numbers of one provider in the table, without those of the others. */
export function columnOf({ report }: Pick<Run, 'report'>): string[] {
  const cells = (Object.keys(groups) as Group[]).map((group) =>
    cellOf(report.results.filter((result) => result.group === group)),
  )
  return [...cells, `**${cellOf(report.results)}**`]
}

function cellOf(results: readonly Result[]): string {
  const count = (fits: (result: Result) => boolean) => results.filter(fits).length
  const parts = [
    [count(({ outcome }) => outcome === 'passed'), 'passed'],
    [count(({ outcome, level }) => outcome === 'failed' && level === 'must'), 'failed'],
    [count(({ outcome, level }) => outcome === 'failed' && level === 'should'), 'advised'],
    [count(({ outcome }) => outcome === 'skipped'), 'skipped'],
  ] as const
  return parts
    .flatMap(([number, word]) => (number > 0 || word === 'failed' ? [`${number} ${word}`] : []))
    .join(', ')
}
