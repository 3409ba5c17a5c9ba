import { percentEncode } from '../protocol/encoding.ts'
import { longOptions, shortOptions, withArgument } from './curl-options.ts'
import { invalidText, type RequestDraft } from './request-draft.ts'
import { shellWords } from './shell-words.ts'

/** Whether the text is a curl command, perhaps after a shell prompt. */
export function isCurlCommand(text: string): boolean {
  return command.test(text)
}

const command = /^\s*(?:[$%#>]\s+)?(?:[\w./~-]*\/)?curl(?:\.exe)?(?=\s|$)/i

/**
 * Reads what a curl command would send. Options that change nothing about the request are ignored; files are not read.
 *
 * @throws OAuth1Error for an incomplete command, or one whose values only the shell or the machine knows.
 */
export function parseCurlCommand(text: string): RequestDraft {
  const { words, end } = shellWords(text.replace(command, ''))
  const call = new CurlCall()
  if (end === '&') {
    call.notes.push(
      'The command ends at an "&" outside of quotes: the shell sends nothing of what follows. Put the URL in quotes.',
    )
  }
  let isOver = false
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string
    if (isOver || word === '-' || !word.startsWith('-')) call.addUrl(word)
    else if (word === '--') isOver = true
    else {
      for (const { name, value } of optionsIn(word)) {
        if (value !== undefined) call.apply(name, value)
        else if (withArgument.has(name)) call.apply(name, argumentOf(words, ++at, name))
        else call.switchOn(name)
      }
    }
  }
  return call.draft()
}

interface GivenOption {
  /** The long name, without dashes. */
  readonly name: string
  /** The value, if it was attached. */
  readonly value: string | undefined
}

/** `--header`, or letters such as `-sXPOST`, the last of which may have its argument attached. */
function optionsIn(word: string): GivenOption[] {
  if (word.startsWith('--')) {
    const name = word.slice(2)
    return [{ name: longOptions.get(name) ?? name, value: undefined }]
  }
  const options: GivenOption[] = []
  for (let at = 1; at < word.length; at++) {
    const name = shortOptions.get(word[at] as string) ?? ''
    const rest = word.slice(at + 1)
    if (withArgument.has(name)) return [...options, { name, value: rest === '' ? undefined : rest }]
    options.push({ name, value: undefined })
  }
  return options
}

function argumentOf(words: readonly string[], at: number, name: string): string {
  const value = words[at]
  if (value === undefined) throw invalidText(`The option --${name} has no value: paste the whole command.`)
  return value
}

/** It separates the parts of a multipart body; its text does not matter to a signature. */
const boundary = 'countersign-boundary'

/** The request that the options of one command add up to. */
class CurlCall {
  readonly notes: string[] = []
  readonly #headers: [name: string, value: string][] = []
  /** Headers that curl would set itself, but the command removes. */
  readonly #removed = new Set<string>()
  readonly #defaults = new Map<string, string>()
  readonly #data: string[] = []
  readonly #query: string[] = []
  #parts = ''
  #isJson = false
  #hasData = false
  #isGet = false
  #isHead = false
  #isPathAsIs = false
  #method: string | undefined
  #url: string | undefined
  #requestTarget: string | undefined

  addUrl(url: string): void {
    if (this.#url !== undefined) {
      throw invalidText('The command holds more than one URL; paste the command for one request.')
    }
    this.#url = url
  }

  switchOn(name: string): void {
    if (name === 'get') this.#isGet = true
    else if (name === 'path-as-is') this.#isPathAsIs = true
    else if (name === 'head') this.#isHead = true
    else if (name === 'next') {
      throw invalidText('The command sends several requests (--next); paste the command for one request.')
    } else if (name === 'location' || name === 'location-trusted') {
      this.notes.push(
        'curl follows redirects with the same signature (-L): it does not hold for another address.',
      )
    }
  }

  apply(name: string, value: string): void {
    if (name === 'url') this.addUrl(value)
    else if (name === 'request') this.#method = value
    else if (name === 'header') this.#addHeader(value)
    else if (name === 'user') this.#addUser()
    else if (name === 'oauth2-bearer') this.#defaults.set('authorization', `Bearer ${value}`)
    else if (name === 'cookie') {
      // Without an equals sign, it names a file.
      if (value.includes('=')) this.#defaults.set('cookie', value)
    } else if (name === 'user-agent') this.#defaults.set('user-agent', value)
    else if (name === 'referer') this.#defaults.set('referer', value)
    else if (name === 'request-target') this.#requestTarget = value
    else if (name === 'url-query')
      this.#query.push(value.startsWith('+') ? value.slice(1) : urlEncoded(value, name))
    else if (name === 'form' || name === 'form-string') this.#addPart(name, value)
    else if (name === 'upload-file' || name === 'config') throw ofFile(name)
    else if (name === 'json' || name.startsWith('data')) this.#addData(name, value)
  }

  #addHeader(value: string): void {
    if (value.startsWith('@')) throw ofFile('header')
    const [, name, sign, text = ''] = /^([^:;]+)([:;])([\s\S]*)$/.exec(value) ?? []
    if (name === undefined) {
      throw invalidText('A header (-H) cannot be read: expected "Name: value".')
    }
    const trimmed = text.trim()
    // `Name:` removes a header of curl's own; `Name;` sends it empty.
    if (sign === ':' && trimmed === '') this.#removed.add(name.trim().toLowerCase())
    else this.#headers.push([name.trim(), trimmed])
  }

  #addUser(): void {
    // Its value is a password, which does not help to explain anything.
    this.#defaults.set('authorization', 'Basic')
    this.notes.push(
      'With -u, curl sends Basic authentication unless the command has an Authorization header.',
    )
  }

  #addData(name: string, value: string): void {
    this.#hasData = true
    if (name === 'data-urlencode') this.#data.push(urlEncoded(value, name))
    else if (value.startsWith('@') && name !== 'data-raw') throw ofFile(name)
    else if (name === 'json' || this.#isJson) {
      this.#isJson = true
      this.#data.push((this.#data.pop() ?? '') + value)
    } else this.#data.push(value)
  }

  #addPart(option: string, value: string): void {
    const [, name = '', text] = /^([^=]*)=([\s\S]*)$/.exec(value) ?? []
    if (text === undefined) throw invalidText('A field (-F) cannot be read: expected "name=value".')
    const isPlain = option === 'form-string'
    if (!isPlain && text.startsWith('<')) throw ofFile('form')
    const isFile = !isPlain && text.startsWith('@')
    this.#parts += `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${isFile ? '; filename="file"' : ''}\r\n\r\n${isFile ? '' : text}\r\n`
  }

  draft(): RequestDraft {
    const method = this.#method ?? (this.#isHead ? 'HEAD' : this.#isGet || !this.#sends() ? 'GET' : 'POST')
    const body = this.#body()
    const headers = this.#allHeaders(body !== undefined)
    return { method, target: this.#target(headers), headers, body, notes: this.notes }
  }

  #sends(): boolean {
    return this.#hasData || this.#parts !== ''
  }

  #body(): string | undefined {
    if (this.#parts !== '') return `${this.#parts}--${boundary}--\r\n`
    return this.#hasData && !this.#isGet ? this.#data.join('&') : undefined
  }

  #allHeaders(hasBody: boolean): [name: string, value: string][] {
    const defaults = new Map(this.#defaults)
    if (hasBody) defaults.set('content-type', this.#contentType())
    const given = new Set(this.#headers.map(([name]) => name.toLowerCase()))
    const missing = [...defaults].filter(([name]) => !given.has(name) && !this.#removed.has(name))
    return [...this.#headers, ...missing]
  }

  #contentType(): string {
    if (this.#parts !== '') return `multipart/form-data; boundary=${boundary}`
    return this.#isJson ? 'application/json' : 'application/x-www-form-urlencoded'
  }

  #target(headers: readonly (readonly [name: string, value: string])[]): string {
    if (this.#url === undefined || this.#url === '') throw invalidText('The command has no URL.')
    const [typed = ''] = this.#url.split('#', 1)
    const whole = /^[a-z][a-z\d+.-]*:\/\//i.test(typed) ? typed : `http://${typed}`
    const [, scheme = '', authority = '', path = '', query = ''] =
      /^([a-z][a-z\d+.-]*:\/\/)([^/?]*)([^?]*)(.*)$/is.exec(whole) ?? []
    const pieces = [...this.#query, ...(this.#isGet ? this.#data : [])].filter((piece) => piece !== '')
    const added = pieces.length === 0 ? '' : `${query === '' ? '?' : '&'}${pieces.join('&')}`
    const host = headers.find(([name]) => name.toLowerCase() === 'host')?.[1]
    if (host !== undefined) this.notes.push('The Host header of the command stands for the host of its URL.')
    const sentPath = this.#isPathAsIs ? path : withoutDotSegments(path)
    if (sentPath !== path) this.notes.push('curl resolves the "." and ".." of the path before it sends it.')
    const target = this.#requestTarget ?? sentPath + query + added
    return target.startsWith('/') || target.startsWith('?') || target === ''
      ? scheme + (host ?? authority) + target
      : target
  }
}

/** As in RFC 3986 §5.2.4. */
function withoutDotSegments(path: string): string {
  if (!path.includes('/.')) return path
  const kept: string[] = []
  const segments = path.slice(1).split('/')
  for (const [at, segment] of segments.entries()) {
    const isDot = segment === '.' || segment === '..'
    if (segment === '..') kept.pop()
    if (!isDot) kept.push(segment)
    else if (at === segments.length - 1) kept.push('')
  }
  return `/${kept.join('/')}`
}

/** The forms of `--data-urlencode`: `text`, `=text`, `name=text`, and two that name files. */
function urlEncoded(value: string, option: string): string {
  const equals = value.indexOf('=')
  if (equals === -1 ? value.includes('@') : value.slice(0, equals).includes('@')) throw ofFile(option)
  const text = percentEncode(value.slice(equals + 1)).replaceAll('%20', '+')
  if (equals === -1) return text
  return equals === 0 ? text : `${value.slice(0, equals)}=${text}`
}

function ofFile(option: string): Error {
  return invalidText(
    `The command takes a file (--${option}), which is not read here: paste its content in the place of the file's name, or remove it if it is not a form.`,
  )
}
