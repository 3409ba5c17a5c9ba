import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { html } from 'hono/html'
import { IntlMessageFormat } from 'intl-messageformat'
import { describe, expect, it } from 'vitest'
import de from '../src/texts/de.json' with { type: 'json' }
import en from '../src/texts/en.json' with { type: 'json' }
import { languages, type Text, textsIn } from '../src/texts/texts.ts'

interface Source {
  readonly [key: string]: string | Source
}

const sources: Readonly<Record<(typeof languages)[number], Source>> = { en, de }

/** Each text of a file by its path. */
function entriesOf(source: Source, path = ''): [path: string, text: string][] {
  return Object.entries(source).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${path}${key}`, value]] : entriesOf(value, `${path}${key}.`),
  )
}

/** The placeholders and tags of a text, sorted; for a plural, of all its forms. */
function placeholdersOf(source: string, language: string): string[] {
  const found = new Set<string>()
  const look = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    const { type, value, children, options } = node as Record<string, unknown>
    if (typeof type === 'number' && type > 0 && typeof value === 'string') found.add(`${type} ${value}`)
    for (const inner of [children, options, value]) {
      if (typeof inner === 'object' && inner !== null) for (const one of Object.values(inner)) look(one)
    }
  }
  for (const element of new IntlMessageFormat(source, language).getAst()) look(element)
  return [...found].sort()
}

describe('the texts', () => {
  it.each(languages)('of %s have the same keys as English, with the same placeholders', (language) => {
    const [english, others] = [entriesOf(en), entriesOf(sources[language])]
    expect(others.map(([path]) => path)).toEqual(english.map(([path]) => path))
    for (const [index, [path, text]] of others.entries()) {
      expect(text.trim(), path).toBe(text)
      expect(text, path).not.toBe('')
      const [, wanted = ''] = english[index] ?? []
      expect(placeholdersOf(text, language), path).toEqual(placeholdersOf(wanted, 'en'))
    }
  })

  it('have typographic apostrophes: the other one begins a quotation in a message', () => {
    const straight = languages.flatMap((language) =>
      entriesOf(sources[language]).filter(([, text]) => text.includes("'")),
    )
    expect(straight).toEqual([])
  })

  it('are all used', () => {
    const folder = fileURLToPath(new URL('../src', import.meta.url))
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    const code = files
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(join(folder, file), 'utf8'))
      .join('\n')
    const words = new Set([...(code.match(/\w+/g) ?? []), ...(code.match(/[\w-]+/g) ?? [])])
    const unused = entriesOf(en).filter(([path]) => !words.has(path.slice(path.lastIndexOf('.') + 1)))
    expect(unused.map(([path]) => path)).toEqual([])
  })

  it('are strings while their values are', () => {
    const { account, home } = textsIn('en')
    expect(account.userName()).toBe('User name')
    expect(account.tooManyTries({ minutes: 1 })).toBe('Too many attempts. Wait 1 minute, then try again.')
    expect(account.tooManyTries({ minutes: 2 })).toContain('Wait 2 minutes')
    expect(textsIn('de').account.tooManyTries({ minutes: 1 })).toContain('Warten Sie 1 Minute und')
    expect(home.more({ count: 3 })).toBe('and 3 more')
  })

  it('escape all but the pieces of HTML that they are given', () => {
    const evil = '<script>alert("&")</script>{count}<b>'
    const { connectedApps, consent } = textsIn('en')
    const plain = connectedApps.revokeOf({ client: evil })
    expect(plain).toBe(`Revoke access of ${evil}`)
    expect(String(html`${plain}`)).toBe(
      'Revoke access of &lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt;{count}&lt;b&gt;',
    )
    const piece = html`<bdi>${evil}</bdi>`
    expect(String(html`<p>${consent.heading({ client: piece })}</p>`)).toBe(
      '<p><bdi>&lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt;{count}&lt;b&gt;</bdi> wants access to your account</p>',
    )
  })

  it('escape what surrounds a piece, and what stands in a tag', () => {
    const rich = textsIn('en').consent.otherAccount({ button: (label) => html`<button>${label}</button>` })
    expect(String(rich)).toBe('Not you? <button>Use another account</button>')
    const text = textsIn('de').faults.userUnknown as Text
    const both = text({ name: '<i>', other: html`<b></b>` })
    expect(String(html`${both}`)).toBe('Es gibt keinen Benutzer &lt;i&gt;.')
  })

  it('say which value is missing', () => {
    expect(() => textsIn('en').home.more()).toThrow(/"count" was not provided/)
  })
})
