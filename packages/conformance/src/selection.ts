import { allCases } from './cases/all-cases.ts'
import { type ConformanceCase, groups } from './conformance-case.ts'

/** No case has such a name; the message lists the existing ones. */
export class SelectionError extends Error {
  override readonly name = 'SelectionError'
}

/**
 * The selected cases: by id, by group, by a pattern with `*`, or by part of the id. Without a name, all cases.
 *
 * @throws SelectionError when a name matches no case.
 */
export function selectCases(names: readonly string[] = []): readonly ConformanceCase[] {
  if (names.length === 0) return allCases
  const chosen = new Set(names.flatMap((name) => casesNamed(name)))
  return allCases.filter((each) => chosen.has(each))
}

function casesNamed(name: string): ConformanceCase[] {
  const exact = allCases.filter(({ id, group }) => id === name || group === name)
  const found = exact.length > 0 ? exact : allCases.filter(({ id }) => fits(id, name))
  if (found.length > 0) return found
  throw new SelectionError(
    `No case is named ${name}. Groups are ${Object.keys(groups).join(', ')}; --list prints every case.`,
  )
}

function fits(id: string, name: string): boolean {
  const [first = '', ...others] = name.split('*')
  const last = others.pop()
  if (last === undefined) return id.includes(name)
  if (!id.startsWith(first) || !id.endsWith(last) || id.length < first.length + last.length) return false
  let at = first.length
  return others.every((part) => {
    const found = id.indexOf(part, at)
    at = found + part.length
    return found !== -1 && at <= id.length - last.length
  })
}
