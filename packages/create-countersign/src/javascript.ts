/** A function whose head is one line, and the comment above it. */
const functions =
  /((?:^ *\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?)^( *)((?:export )?(?:async )?function \w+)\((.*)\)(?:: ([^{}]+|.*>))? (\{\}?)$/gm

interface FunctionHead {
  readonly comment: string
  readonly indent: string
  readonly head: string
  readonly parameters: string
  readonly result: string | undefined
  readonly end: string
}

/** The longest line that the formatter leaves whole. */
const lineWidth = 110

/**
 * The JavaScript of a template's TypeScript, with its types in JSDoc comments. The templates are written in the subset that
 * this understands: imports, `const name: Type =`, and functions whose head is one line.
 */
export function toJavaScript(source: string): string {
  const types: string[] = []
  const withoutTypes = source
    .replace(/^import type (\{[^}]*\}|\w+) from ('[^']+')\n/gm, (_, names: string, from: string) => {
      types.push(typeImport(listed(names), from))
      return ''
    })
    .replace(/^import \{([^}]*)\} from ('[^']+')$/gm, (whole, names: string, from: string) => {
      const all = listed(names)
      const own = all.filter((name) => name.startsWith('type '))
      if (own.length === 0) return whole
      types.push(
        typeImport(
          own.map((name) => name.slice('type '.length)),
          from,
        ),
      )
      return valueImport(
        all.filter((name) => !own.includes(name)),
        from,
      )
    })
    .replace(/^( *)((?:export )?const \w+): (.+?) = /gm, (_, indent: string, head: string, type: string) => {
      return `${indent}/** @type {${type}} */\n${indent}${head} = `
    })
    .replace(functions, (whole, comment, indent, head, parameters: string, result, end) =>
      result === undefined && !parameters.includes(':')
        ? whole
        : functionHead({ comment, indent, head, parameters, result, end }),
    )
  return withTypeImports(withoutTypes, types).replace(/'(\.\.?\/[^'\n]+)\.tsx?'/g, (whole, path: string) =>
    path.includes('/generated/') ? whole : `'${path}.js'`,
  )
}

/** They stand below the comment that opens the file, above all other lines. */
function withTypeImports(source: string, types: readonly string[]): string {
  if (types.length === 0) return source
  const [opening = ''] = /^(?:\/\/.*\n)*/.exec(source) ?? []
  const rest = source.slice(opening.length)
  const gap = /^(?:\n|import |$)/.test(rest) ? '' : '\n'
  return `${opening}${types.join('\n')}\n${gap}${rest}`
}

function listed(names: string): string[] {
  return names
    .replace(/^\{|\}$/g, '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
}

function typeImport(names: readonly string[], from: string): string {
  return `/** @import { ${names.join(', ')} } from ${from} */`
}

function valueImport(names: readonly string[], from: string): string {
  const line = `import { ${names.join(', ')} } from ${from}`
  return line.length <= lineWidth ? line : `import {\n  ${names.join(',\n  ')},\n} from ${from}`
}

function functionHead({ comment, indent, head, parameters, result, end }: FunctionHead): string {
  const parsed = splitParameters(parameters).map(parseParameter)
  const text = comment
    .replace(/^ *\/\*\*|\*\/\n$/g, '')
    .split('\n')
    .map((line) => line.replace(/^ *\* ?/, '').trim())
    .filter(Boolean)
  const tags = parsed.map(({ name, type }) => `@param {${type}} ${name}`)
  const returns = result === undefined ? [] : [`@returns {${result}}`]
  const lines = [...text, ...tags, ...returns]
  const block =
    lines.length === 1 ? [`/** ${lines[0]} */`] : ['/**', ...lines.map((line) => ` * ${line}`), ' */']
  const code = `${head}(${parsed.map((parameter) => parameter.code).join(', ')}) ${end}`
  return [...block, code].map((line) => indent + line).join('\n')
}

/** Splits at the commas between parameters, and at none within a pattern or a type. */
function splitParameters(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (const [index, letter] of [...text].entries()) {
    if ('{[<('.includes(letter)) depth++
    if ('}]>)'.includes(letter)) depth--
    if (letter === ',' && depth === 0) {
      parts.push(text.slice(from, index))
      from = index + 1
    }
  }
  return [...parts, text.slice(from)].map((part) => part.trim()).filter(Boolean)
}

/** A pattern is named after its type: `{ clientId }: Client` is the parameter `client`. */
function parseParameter(parameter: string): { code: string; name: string; type: string } {
  const [, code = parameter, type = 'unknown'] = /^(\{.*\}|\w+): (.+)$/.exec(parameter) ?? []
  const name = code.startsWith('{')
    ? type.replace(/\W.*/, '').replace(/^./, (letter) => letter.toLowerCase())
    : code
  return { code, name, type }
}
