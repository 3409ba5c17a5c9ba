import { type Group, groups } from '../conformance-case.ts'
import { countsOf, type Report, type Result } from '../result.ts'

/** JUnit XML has no advice: a failing `should` is a failure there only with `strict`, and otherwise skipped. */
export function junitReport({ provider, results }: Report, { strict = false } = {}): string {
  const suites = (Object.keys(groups) as Group[]).flatMap((group) => {
    const own = results.filter((result) => result.group === group)
    return own.length === 0 ? [] : [suiteOf(group, own, strict)]
  })
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escaped(`OAuth 1.0 conformance of ${provider}`)}" ${numbers(results, strict)}>`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n')
}

function suiteOf(group: Group, results: readonly Result[], strict: boolean): string {
  return [
    `  <testsuite name="${group}" ${numbers(results, strict)}>`,
    ...results.map((result) => caseOf(result, strict)),
    '  </testsuite>',
  ].join('\n')
}

function numbers(results: readonly Result[], strict: boolean): string {
  const { failed, advised, skipped } = countsOf(results)
  const [failures, left] = strict ? [failed + advised, skipped] : [failed, skipped + advised]
  const time = seconds(results.reduce((sum, { milliseconds }) => sum + milliseconds, 0))
  return `tests="${results.length}" failures="${failures}" errors="0" skipped="${left}" time="${time}"`
}

function caseOf(result: Result, strict: boolean): string {
  const { group, id, title, milliseconds } = result
  const open = `    <testcase classname="${group}" name="${escaped(`${id}: ${title}`)}" time="${seconds(milliseconds)}"`
  if (result.outcome === 'passed') return `${open}/>`
  if (result.outcome === 'skipped')
    return `${open}>\n      <skipped message="${escaped(result.reason)}"/>\n    </testcase>`
  const { expected, received, level, section, remedy, request = '', response = '' } = result
  const message = escaped(`expected ${expected}; received ${received}`)
  if (level === 'should' && !strict)
    return `${open}>\n      <skipped message="${escaped(`advice (${section}): ${remedy}`)}"/>\n    </testcase>`
  const text = escaped(`${section}\n${remedy}\n\n${request}\n\n${response}`)
  return `${open}>\n      <failure type="${level}" message="${message}">${text}</failure>\n    </testcase>`
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3)
}

/** XML 1.0 has no way to write most control characters and lone surrogates. */
function escaped(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: it replaces control characters
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd')
      .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
      .replace(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`)
  )
}
