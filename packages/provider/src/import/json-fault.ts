/** What may come next in a document. */
type Next = 'value' | 'value or end' | 'name' | 'name or end' | 'colon' | 'comma or end' | 'nothing'

const token =
  /[ \t\r\n]*(?:([{}[\],:])|("(?:[ !#-[\]-\u{10ffff}]+|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*")|(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[Ee][+-]?\d+)?|true|false|null))/uy

/**
 * Where a text stops being JSON, such as `line 3, column 7`. The messages of `JSON.parse` quote the surrounding text,
 * which may be a secret.
 */
export function jsonFault(text: string): string {
  const open: string[] = []
  let next: Next = 'value'
  let end = 0
  for (;;) {
    token.lastIndex = end
    const [all = '', sign = '', string] = token.exec(text) ?? []
    const following = after(next, { kind: kindOf(all, sign, string), sign }, open)
    if (following === undefined) break
    next = following
    end += all.length
  }
  const before = text.slice(0, end + (/^[ \t\r\n]*/.exec(text.slice(end))?.[0].length ?? 0)).split('\n')
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`
}

type Kind = 'sign' | 'string' | 'scalar' | 'none'

function kindOf(all: string, sign: string, string: string | undefined): Kind {
  if (all === '') return 'none'
  if (sign !== '') return 'sign'
  return string === undefined ? 'scalar' : 'string'
}

/** What may follow a token; undefined if the token itself is not allowed. */
function after(
  next: Next,
  { kind, sign }: { readonly kind: Kind; readonly sign: string },
  open: string[],
): Next | undefined {
  if (kind === 'none' || next === 'nothing') return undefined
  if (sign === '}' || sign === ']') return closed(next, sign, open)
  if (next === 'colon') return sign === ':' ? 'value' : undefined
  if (next === 'comma or end') return sign === ',' ? (open.at(-1) === '}' ? 'name' : 'value') : undefined
  if (next === 'name' || next === 'name or end') return kind === 'string' ? 'colon' : undefined
  if (kind !== 'sign') return afterValue(open)
  if (sign !== '{' && sign !== '[') return undefined
  open.push(sign === '{' ? '}' : ']')
  return sign === '{' ? 'name or end' : 'value or end'
}

function closed(next: Next, sign: string, open: string[]): Next | undefined {
  if (!next.endsWith('or end') || open.at(-1) !== sign) return undefined
  open.pop()
  return afterValue(open)
}

function afterValue(open: readonly string[]): Next {
  return open.length === 0 ? 'nothing' : 'comma or end'
}
