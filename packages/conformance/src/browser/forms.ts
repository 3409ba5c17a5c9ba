import { type DefaultTreeAdapterTypes, parse } from 'parse5'

type Node = DefaultTreeAdapterTypes.Node
type Element = DefaultTreeAdapterTypes.Element

/** One control of a form. */
export interface Field {
  readonly name: string
  readonly value: string
  /** Sent only when it is pressed. */
  readonly isButton: boolean
  readonly isHidden: boolean
}

/** A form, as a browser would send it. */
export interface Form {
  /** As written; empty for the page's own URL. */
  readonly action: string
  readonly method: 'GET' | 'POST'
  readonly fields: readonly Field[]
}

/** Every form of a page. */
export function formsOf(html: string): Form[] {
  return elements(parse(html))
    .filter(({ tagName }) => tagName === 'form')
    .map((form) => ({
      action: attribute(form, 'action') ?? '',
      method: attribute(form, 'method')?.toLowerCase() === 'post' ? 'POST' : 'GET',
      fields: elements(form).flatMap(fieldOf),
    }))
}

/** The text of the first `<code>`, where countersign and others show a verifier. */
export function codeOf(html: string): string | undefined {
  const code = elements(parse(html)).find(({ tagName }) => tagName === 'code')
  return code && (textOf(code).trim() || undefined)
}

function fieldOf(element: Element): Field[] {
  const { tagName } = element
  const name = attribute(element, 'name')
  if (!name || attribute(element, 'disabled') !== undefined) return []
  const type = attribute(element, 'type')?.toLowerCase()
  const value = attribute(element, 'value')
  const field = { name, value: value ?? '', isButton: false, isHidden: false }
  if (tagName === 'button') return type === 'button' || type === 'reset' ? [] : [{ ...field, isButton: true }]
  if (tagName === 'textarea') return [{ ...field, value: textOf(element) }]
  if (tagName === 'select') return [{ ...field, value: selected(element) }]
  if (tagName !== 'input') return []
  if (type === 'submit' || type === 'image') return [{ ...field, isButton: true }]
  if (type === 'button' || type === 'reset' || type === 'file') return []
  const isChoice = type === 'checkbox' || type === 'radio'
  if (isChoice) return attribute(element, 'checked') === undefined ? [] : [{ ...field, value: value ?? 'on' }]
  return [{ ...field, isHidden: type === 'hidden' }]
}

function selected(select: Element): string {
  const options = elements(select).filter(({ tagName }) => tagName === 'option')
  const option = options.find((each) => attribute(each, 'selected') !== undefined) ?? options[0]
  return option === undefined ? '' : (attribute(option, 'value') ?? textOf(option).trim())
}

function elements(root: Node): Element[] {
  return descendants(root).filter((node) => 'tagName' in node)
}

function textOf(root: Node): string {
  return descendants(root)
    .map((node) => ('value' in node ? node.value : ''))
    .join('')
}

/** Every node below another, in the order of the page. No recursion: a page may be nested to any depth. */
function descendants(root: Node): Node[] {
  const found: Node[] = []
  const waiting = childrenOf(root).reverse()
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    found.push(node)
    waiting.push(...childrenOf(node).reverse())
  }
  return found
}

function childrenOf(node: Node): Node[] {
  return 'childNodes' in node ? [...node.childNodes] : []
}

function attribute({ attrs }: Element, name: string): string | undefined {
  return attrs.find((each) => each.name === name)?.value
}
