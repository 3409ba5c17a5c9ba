import { textFromOctets } from '../protocol/encoding.ts'
import { invalidText } from './request-draft.ts'

/** The words of one shell command. */
export interface ShellWords {
  readonly words: readonly string[]
  /** The unquoted operator at which the command ends, if something follows. */
  readonly end: string | undefined
}

/**
 * Splits a command as a shell does, up to its end: quotes, escapes, continued lines. Nothing is expanded, because only
 * the shell knows the values; text that it would expand is refused.
 */
export function shellWords(text: string): ShellWords {
  return new WordReader(isOfCmd(text) ? withoutCarets(text) : text, isOfCmd(text)).read()
}

/** The command shell of Windows: carets escape, and only double quotes hold words together. */
function isOfCmd(text: string): boolean {
  return /[ \t]\^(?:"|[ \t]*\r?\n)/.test(text)
}

function withoutCarets(text: string): string {
  // An intended line break is written as a caret and two line breaks.
  return text.replace(/\^(?:[ \t]*\r?\n(\r?\n)?|([\s\S]))/g, (_, kept?: string, sign?: string) =>
    sign !== undefined ? sign : kept !== undefined ? '\n' : '',
  )
}

class WordReader {
  readonly #text: string
  readonly #isOfCmd: boolean
  readonly #words: string[] = []
  #at = 0
  #word: string | undefined

  constructor(text: string, ofCmd: boolean) {
    this.#text = text
    this.#isOfCmd = ofCmd
  }

  read(): ShellWords {
    const text = this.#text
    let end: string | undefined
    while (this.#at < text.length && end === undefined) {
      const sign = text[this.#at] as string
      if (/[ \t\r]/.test(sign)) this.#finishWord()
      else if (sign === '\n') {
        this.#finishWord()
        // The continuation mark of the previous line is missing: no command begins with a dash.
        if (this.#words.length > 0 && !/\s+-/y.test(text.slice(this.#at, this.#at + 80))) break
      } else if (this.#isOfCmd) this.#cmdSign(sign)
      else if (/[;&|<>]/.test(sign) || (sign === '#' && this.#word === undefined)) end = sign
      else this.#shellSign(sign)
      this.#at++
    }
    // A number before a redirection names a file descriptor.
    if (end === '>' && /^\d$/.test(this.#word ?? '')) this.#word = undefined
    this.#finishWord()
    return { words: this.#words, end }
  }

  #finishWord(): void {
    if (this.#word !== undefined) this.#words.push(this.#word)
    this.#word = undefined
  }

  #add(text: string): void {
    this.#word = (this.#word ?? '') + text
  }

  #cmdSign(sign: string): void {
    if (sign !== '"') this.#add(sign)
    else this.#add(this.#doubleQuoted((next) => next === '"' || next === '\\'))
  }

  #shellSign(sign: string): void {
    const next = this.#text[this.#at + 1] ?? ''
    if (sign === '\\') this.#escaped()
    else if (sign === "'") this.#add(this.#singleQuoted())
    else if (sign === '"') this.#add(this.#doubleQuoted((escaped) => '$`"\\'.includes(escaped)))
    else if (sign === '$' && next === "'") {
      this.#at++
      this.#add(this.#ansiQuoted())
    } else if (sign === '$' && next === '"') {
      // Text for translation: the quotes follow.
    } else {
      this.#refuseExpansion(sign, next)
      this.#add(sign)
    }
  }

  /** Outside of quotes: at the end of a line it joins the next one, even with stray white space after it. */
  #escaped(): void {
    const [lineEnd] = /\\[ \t]*\r?\n/y.exec(this.#text.slice(this.#at, this.#at + 80)) ?? []
    if (lineEnd !== undefined) this.#at += lineEnd.length - 1
    else {
      this.#at++
      this.#add(this.#text[this.#at] ?? '')
    }
  }

  #singleQuoted(): string {
    const start = this.#at + 1
    this.#at = this.#text.indexOf("'", start)
    if (this.#at === -1) throw unclosed("'")
    return this.#text.slice(start, this.#at)
  }

  #doubleQuoted(isEscaped: (sign: string) => boolean): string {
    let value = ''
    for (this.#at++; this.#at < this.#text.length; this.#at++) {
      const sign = this.#text[this.#at] as string
      const next = this.#text[this.#at + 1] ?? ''
      if (sign === '"') {
        // In the command shell of Windows, two of them stand for one.
        if (!this.#isOfCmd || next !== '"') return value
        value += sign
        this.#at++
      } else if (sign === '\\' && next === '\n' && !this.#isOfCmd) this.#at++
      else if (sign === '\\' && next !== '' && isEscaped(next)) {
        value += next
        this.#at++
      } else {
        if (!this.#isOfCmd) this.#refuseExpansion(sign, next)
        value += sign
      }
    }
    throw unclosed('"')
  }

  /** `$'…'`, as in bash and zsh. */
  #ansiQuoted(): string {
    let value = ''
    let octets: number[] = []
    const flush = () => {
      if (octets.length > 0) value += textFromOctets(Uint8Array.from(octets))
      octets = []
    }
    const ansiEscape =
      /\\(?:x([\da-fA-F]{1,2})|u([\da-fA-F]{1,4})|U([\da-fA-F]{1,8})|([0-7]{1,3})|c([\s\S])|([\s\S]))/y
    for (this.#at++; this.#at < this.#text.length; this.#at++) {
      const sign = this.#text[this.#at] as string
      if (sign === "'") {
        flush()
        return value
      }
      ansiEscape.lastIndex = this.#at
      const found = sign === '\\' ? ansiEscape.exec(this.#text) : null
      if (found === null) {
        flush()
        value += sign
        continue
      }
      const [whole, hex, short, long, octal, control, other = ''] = found
      this.#at += whole.length - 1
      const octet = hex !== undefined ? Number.parseInt(hex, 16) : Number.parseInt(octal ?? '', 8)
      const code = Number.parseInt(short ?? long ?? '', 16)
      if (!Number.isNaN(octet)) octets.push(octet & 255)
      else {
        flush()
        if (!Number.isNaN(code)) value += String.fromCodePoint(Math.min(code, 0x10ffff))
        else if (control !== undefined) value += String.fromCharCode(control.charCodeAt(0) & 31)
        else value += Object.hasOwn(ansiEscapes, other) ? ansiEscapes[other] : `\\${other}`
      }
    }
    throw unclosed("$'")
  }

  #refuseExpansion(sign: string, next: string): void {
    if (sign !== '`' && !(sign === '$' && /[\w({@*#?!$-]/.test(next))) return
    const [name = sign] = sign === '$' ? (/\$\w*/y.exec(this.#text.slice(this.#at, this.#at + 40)) ?? []) : []
    throw invalidText(
      `The command holds ${name.length > 1 ? `the variable ${name}` : `a "${name}" that the shell would replace`}: paste it with the value, as the shell sends it.`,
    )
  }
}

const ansiEscapes: Readonly<Record<string, string>> = {
  ...{ n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', e: '\x1b', E: '\x1b', f: '\f', v: '\v' },
  ...{ '\\': '\\', "'": "'", '"': '"', '?': '?' },
}

function unclosed(quote: string): Error {
  return invalidText(`A quote (${quote}) of the command is not closed: paste the whole command.`)
}
