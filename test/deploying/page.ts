import { readGuide } from '../docs/guide.ts'

const { files } = await readGuide('deploying')

/** A file that docs/deploying.md shows. */
export function shown(name: string): string {
  const text = files.get(name)
  if (text === undefined) throw new Error(`The page shows no ${name}.`)
  return text
}

/** The file with the ports, names and folders of a test; each of them must be there. */
export function adapted(
  name: string,
  replacements: readonly (readonly [from: string, to: string])[],
): string {
  return replacements.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`${name} has no ${from}.`)
    return text.replaceAll(from, to)
  }, shown(name))
}
