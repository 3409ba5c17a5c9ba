import { type Group, groups, type Report, type Result } from '@countersign/conformance'

/** The suite's run against one provider. */
export interface Run {
  readonly name: string
  /** Undefined for this repository's own. */
  readonly versions: string | undefined
  readonly report: Report
}

/** The providers' results, group by group, and the cases that they failed. */
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

const peersText = `The three providers are countersign's own and two small ones in Python: one built with Flask and a cache as Authlib's
documentation shows it, and one over oauthlib's endpoints, with a request validator that stores nonces atomically and
compares callbacks. The sign-in and consent pages of these two belong to the tests, so the row of the consent page says little
about the libraries. Their stores take 20 ms for each call, as a store across a network may.`

/** The failed cases of a run: a paragraph of the page. */
export function failedText({ name, versions, report: { results } }: Run): string {
  const failed = (level: Result['level']) =>
    results.filter((result) => result.outcome === 'failed' && result.level === level)
  const links = (found: readonly Result[]) =>
    found.length === 0 ? 'nothing' : found.map(({ id }) => `[${id}](#${id})`).join(', ')
  return `**${versions ?? name}** fails ${links(failed('must'))}. Advice: ${links(failed('should'))}.`
}

/** The numbers of one provider in the table, without the other providers'. */
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
