// The functions and methods of one source file, with their doc comments. TypeScript 7 has no API for programs, and what Biome
// formats is regular: a declaration starts at a fixed column, and its head ends with a line that opens its body.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A function, method, property or constant that users call or read. */
export interface Declared {
  readonly name: string
  /** Undefined for a property. */
  readonly parameters: string | undefined
  readonly returns: string
  readonly text: string
  readonly throws: string
}

/** The public methods and properties of a class, its own and not those that it inherits, in the order of the file. */
export function membersOf(file: string, className: string): readonly Declared[] {
  const body = bodyOf(readFileSync(file, 'utf8'), className)
  const start =
    /((?:^ {2}\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?)^ {2}(?!(?:protected|private|constructor|return|throw|if|for|const|toJSON)\b)((?:(?:static|async|override|readonly|get) )*)([a-z]\w*)(?=[<(:?]| =)/gm
  return [...body.matchAll(start)].map((found) => {
    const [whole, comment = '', words = '', name = ''] = found
    const head = headOf(body.slice(found.index + whole.length))
    return declared(name, head, comment, words.includes('get'))
  })
}

/** The names of all that an entry exports besides types, each with its file. */
export function exportsOf(file: string): ReadonlyMap<string, string> {
  const text = readFileSync(file, 'utf8')
  const own = [...text.matchAll(/^export (?:async )?(?:function|const|class|abstract class) (\w+)/gm)]
  const others = [...text.matchAll(/^export \{([^}]+)\} from '([^']+)'/gm)].flatMap(
    ([, names = '', from = '']) =>
      names
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '' && !name.startsWith('type '))
        .map((name): [string, string] => [name, join(dirname(file), from)]),
  )
  return new Map([...own.map(([, name = '']): [string, string] => [name, file]), ...others])
}

/** The exported function or constant of that name; undefined for a class. */
export function exportOf(file: string, name: string): Declared | undefined {
  const text = readFileSync(file, 'utf8')
  const start = new RegExp(
    `((?:^/\\*\\*(?:(?!\\*/)[\\s\\S])*\\*/\\n)?)^export (?:async )?(function|const) ${name}(?=[<(:]| =)`,
    'm',
  )
  const found = start.exec(text)
  if (found === null) return undefined
  const rest = text.slice(found.index + found[0].length)
  const one = declared(name, headOf(rest), found[1] ?? '', false)
  const [, literal = ''] = /^ = ('[^'\n]*')/.exec(rest) ?? []
  return one.returns === '' ? { ...one, returns: literal } : one
}

function bodyOf(text: string, className: string): string {
  const start = text.search(new RegExp(`^export (?:abstract )?class ${className}\\b`, 'm'))
  if (start === -1) throw new Error(`There is no class ${className}.`)
  return text.slice(start, text.indexOf('\n}\n', start))
}

/** Up to the body, the arrow or the value. */
function headOf(text: string): string {
  let depth = 0
  // A function that is the value of a property begins after the equals sign.
  for (let at = text.startsWith(' = (') ? 3 : 0; at < text.length; at++) {
    if (depth === 0 && /^(?: \{\n| =>\n| = )/.test(text.slice(at, at + 4))) return text.slice(0, at)
    depth += stepAt(text, at)
  }
  throw new Error(`No end in ${text.slice(0, 100)}`)
}

/** How a sign changes the depth of brackets; an arrow's does not count. */
function stepAt(text: string, at: number): number {
  const sign = text[at] ?? ' '
  if ('(<[{'.includes(sign)) return 1
  return ')]}'.includes(sign) || (sign === '>' && text[at - 1] !== '=') ? -1 : 0
}

function declared(name: string, head: string, comment: string, isGetter: boolean): Declared {
  const flat = head.replace(/\s+/g, ' ').trim().replace(/^= /, '')
  const { text, throws, parameterNames } = readComment(comment)
  const callable = withoutGenerics(flat)
  if (callable.startsWith('(') && !isGetter) {
    const end = closing(callable)
    return {
      name,
      parameters: readable(callable.slice(1, end), parameterNames),
      returns: callable.slice(end + 1).replace(/^: /, ''),
      text,
      throws,
    }
  }
  return { name, parameters: undefined, returns: flat.replace(/^(?:\(\))?\??: /, ''), text, throws }
}

function withoutGenerics(text: string): string {
  if (!text.startsWith('<')) return text
  return text.slice(closing(text) + 1)
}

/** Where the bracket closes that the text opens with. */
function closing(text: string): number {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    depth += stepAt(text, at)
    if (depth === 0) return at
  }
  throw new Error(`No end in ${text}`)
}

/** Parameters as a caller sees them: a default makes one optional, and a taken-apart object has a name. */
function readable(parameters: string, names: readonly string[]): string {
  return parametersOf(parameters)
    .map((parameter, i) => {
      const named = parameter.startsWith('{')
        ? `${names[i] ?? 'options'}${parameter.slice(closing(parameter) + 1)}`
        : parameter
      const [, left = named] = /^(.*\S) = [^>]*$/.exec(named) ?? []
      return left === named ? named : left.replace(/^(\w+)(?=:|$)/, '$1?')
    })
    .join(', ')
}

function parametersOf(text: string): string[] {
  const parts: string[] = []
  let [depth, from] = [0, 0]
  for (let at = 0; at <= text.length; at++) {
    depth += stepAt(text, at)
    if ((text[at] ?? ',') !== ',' || depth > 0) continue
    parts.push(text.slice(from, at).trim())
    from = at + 1
  }
  return parts.filter((part) => part !== '')
}

function readComment(comment: string) {
  const plain = comment
    .replace(/^\s*\/\*\*|\*\/\s*$/g, '')
    .replace(/^\s*\* ?/gm, '')
    .trim()
  const [first = '', ...tags] = plain.split(/^@|(?<=\.\s)@(?=returns|throws)/m)
  const flat = (text: string) => text.replace(/\s+/g, ' ').trim()
  const tagged = (name: string) =>
    tags.filter((tag) => tag.startsWith(`${name} `)).map((tag) => flat(tag.slice(name.length + 1)))
  const parameters = tagged('param').map((text) => /^(\w+) - (.*)$/.exec(text) ?? [])
  const more = [
    ...parameters.map(([, name = '', text = '']) => `\`${name}\`: ${lowerFirst(text)}`),
    ...tagged('returns').map((text) => `Returns ${lowerFirst(text)}`),
  ]
  return {
    text: [flat(first), ...more.map(withPeriod)].filter(Boolean).join(' '),
    throws: tagged('throws').map(withPeriod).join(' '),
    parameterNames: parameters.map(([, name = '']) => name),
  }
}

function withPeriod(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z ]/.test(text) && !/^(?:OAuth|RFC)/.test(text)
    ? text[0]?.toLowerCase() + text.slice(1)
    : text
}
