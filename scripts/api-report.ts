// The public API of one entry, read from the declarations that tsc writes. TypeScript 7 has no API for programs, and
// its output is regular: statements start in the first column, with one declaration or one list of names each.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** One `.d.ts` file. */
interface Module {
  /** Declarations by name: an overloaded function has several. */
  readonly declarations: ReadonlyMap<string, readonly string[]>
  /** Names from other files of the package: the file, and the name there. */
  readonly imported: ReadonlyMap<string, Source>
  readonly exported: ReadonlyMap<string, Source>
  /** Files whose exports are all re-exported by this file. */
  readonly forwarded: readonly string[]
}

interface Source {
  readonly file: string
  readonly name: string
}

const declaration =
  /^(?:export )?(?:declare )?(?:abstract )?(?:class|const|function|interface|let|namespace|type) ([\w$]+)/
const list = /^(import|export) (?:type )?\{([^}]*)\}(?: from '([^']+)')?;$/
const star = /^export \* from '([^']+)';$/
/** Imports of a whole file, such as JSON, which contain no declaration of ours. */
const other = /^(?:import (?:type )?[\w$*]|import '|export \{\};)/

function parse(file: string): Module {
  const declarations = new Map<string, string[]>()
  const imported = new Map<string, Source>()
  const exported = new Map<string, Source>()
  const forwarded: string[] = []
  const target = (specifier: string) =>
    specifier.startsWith('.') ? join(dirname(file), specifier.replace(/\.ts$/, '.d.ts')) : specifier
  for (const statement of readFileSync(file, 'utf8')
    .trim()
    .split(/\n(?=[^\s})\]|&`])/)) {
    const [, kind, names = '', from] = list.exec(statement.replaceAll('\n', ' ')) ?? []
    if (kind !== undefined) {
      for (const [, name = '', alias = name] of names.matchAll(/(?:type )?([\w$]+)(?: as ([\w$]+))?/g)) {
        const into = kind === 'import' ? imported : exported
        into.set(alias, { file: from === undefined ? file : target(from), name })
      }
      continue
    }
    const all = star.exec(statement)?.[1]
    const name = declaration.exec(statement)?.[1]
    if (all !== undefined) forwarded.push(target(all))
    else if (name !== undefined) {
      declarations.set(name, [...(declarations.get(name) ?? []), statement])
      if (statement.startsWith('export ')) exported.set(name, { file, name })
    } else if (!other.test(statement))
      throw new Error(`${file} has a statement of no known form:\n${statement}`)
  }
  return { declarations, imported, exported, forwarded }
}

/**
 * Returns a text for each entry: its exports with their declarations, sorted by name; then the package's declarations
 * that these mention and no entry exports, because changing those changes the API too.
 * @param entries - The `.d.ts` files of one package's entries. Throws if tsc wrote something unknown here.
 */
export function apiReports(entries: readonly string[]): ReadonlyMap<string, string> {
  const modules = new Map<string, Module>()
  const moduleOf = (file: string) => {
    const known = modules.get(file) ?? parse(file)
    modules.set(file, known)
    return known
  }
  const exportsOf = (file: string): ReadonlyMap<string, Source> => {
    const { exported, forwarded } = moduleOf(file)
    return new Map([...forwarded.filter(existsSync).flatMap((from) => [...exportsOf(from)]), ...exported])
  }
  /** Where a name is declared; for a name from another package, its name there. */
  const declared = ({ file, name }: Source): Source => {
    if (!existsSync(file)) return { file, name }
    const { declarations, imported } = moduleOf(file)
    if (declarations.has(name)) return { file, name }
    const next = imported.get(name) ?? exportsOf(file).get(name)
    if (next === undefined || (next.file === file && next.name === name))
      throw new Error(`${file} neither declares nor imports ${name}.`)
    return declared(next)
  }
  const textOf = ({ file, name }: Source) => {
    if (!existsSync(file)) return `${name} of ${file}`
    const texts = moduleOf(file).declarations.get(name) ?? []
    return texts.map((text) => text.replace(/^(?:export )?(?:declare )?/, '')).join('\n')
  }
  const mentionsOf = (source: Source): readonly Source[] => {
    if (!existsSync(source.file)) return []
    const { declarations, imported } = moduleOf(source.file)
    const words = new Set(textOf(source).match(/[\w$]+/g))
    return [...words].flatMap((name) => {
      const mentioned = declarations.has(name) ? { file: source.file, name } : imported.get(name)
      return mentioned !== undefined && existsSync(mentioned.file) ? [declared(mentioned)] : []
    })
  }

  const keyOf = ({ file, name }: Source) => `${name} ${file}`
  const exportsByEntry = new Map(
    entries.map((entry) => {
      const sources = [...exportsOf(entry)].map(([alias, source]) => [alias, declared(source)] as const)
      return [entry, new Map(sources)]
    }),
  )
  const isPublic = new Set(
    [...exportsByEntry.values()].flatMap((exports) => [...exports.values()].map(keyOf)),
  )

  const reportOf = (exports: ReadonlyMap<string, Source>) => {
    const own = [...exports].sort(byFirst).map(([alias, source]) => {
      return alias === source.name ? textOf(source) : `${source.name} as ${alias}\n${textOf(source)}`
    })
    const mentioned = new Map<string, Source>()
    // The loop also visits what it adds.
    const visited = [...exports.values()]
    for (const source of visited)
      for (const mention of mentionsOf(source)) {
        if (isPublic.has(keyOf(mention)) || mentioned.has(keyOf(mention))) continue
        mentioned.set(keyOf(mention), mention)
        visited.push(mention)
      }
    const more = [...mentioned].sort(byFirst).map(([, source]) => textOf(source))
    return [...own, ...(more.length > 0 ? ['// Mentioned above, and exported by no entry:', ...more] : [])]
  }
  return new Map(
    [...exportsByEntry].map(([entry, exports]) => [entry, `${reportOf(exports).join('\n\n')}\n`]),
  )
}

function byFirst([a]: readonly [string, Source], [b]: readonly [string, Source]): number {
  return a < b ? -1 : 1
}
