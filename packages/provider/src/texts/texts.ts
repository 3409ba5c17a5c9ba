import { html } from 'hono/html'
import { IntlMessageFormat } from 'intl-messageformat'
import de from './de.json' with { type: 'json' }
import en from './en.json' with { type: 'json' }

/** A piece of escaped HTML. */
export type Html = ReturnType<typeof html>

/** What fills the placeholders of a text that becomes plain text. */
export type TextValues = Readonly<Record<string, string | number>>

/** What fills the placeholders of a text that becomes HTML: pieces of it, and functions for its tags, by their names. */
export type RichValues = Readonly<Record<string, string | number | Html | ((content: Html) => Html)>>

/**
 * One text. It is a string when all its values are; with a piece of HTML or a tag among them it is HTML, in which
 * everything else is escaped.
 */
export interface Text {
  (values?: TextValues): string
  (values: RichValues): Html
}

/** The texts of a file, in its tree. */
type TextTree<Source> = {
  readonly [Key in keyof Source]: Source[Key] extends string ? Text : TextTree<Source[Key]>
}

/** Every language has all the texts that English has: one that lacks a text does not compile. */
const sources = { en, de } satisfies Record<string, typeof en>

export type Language = keyof typeof sources
export const languages = Object.keys(sources) as readonly Language[]

/** All the texts that people read, in one language. */
export interface Texts extends TextTree<typeof en> {
  readonly language: Language
}

const textsByLanguage: Readonly<Record<Language, Texts>> = {
  en: { ...textTree(en, 'en'), language: 'en' },
  de: { ...textTree(de, 'de'), language: 'de' },
}

/** Possible faults in user input. */
export type FaultCode = keyof typeof en.faults

export function textsIn(language: Language): Texts {
  return textsByLanguage[language]
}

/** What logs and the command line say, and where no language is asked for. */
export const english: Texts = textsByLanguage.en

interface Source {
  readonly [key: string]: string | Source
}

function textTree<Given extends Source>(source: Given, language: string): TextTree<Given> {
  const texts = Object.entries(source).map(([key, value]) => [
    key,
    typeof value === 'string' ? textOf(value, language) : textTree(value, language),
  ])
  return Object.fromEntries(texts)
}

/** A text that is compiled when it is first used: a page needs few of them. */
function textOf(source: string, language: string): Text {
  // Without a sign of ICU's it stands for itself.
  if (!/[{}<>']/.test(source)) return (() => source) as Text
  let compiled: IntlMessageFormat | undefined
  const text = (values: RichValues = {}): string | Html => {
    compiled ??= new IntlMessageFormat(source, language)
    // Pieces of HTML come out as they went in, beside strings, which `html` escapes.
    const parts = compiled.format<Html>(values as Parameters<typeof compiled.format<Html>>[0])
    return Object.values(values).some(isRich) ? html`${parts}` : String(parts)
  }
  return text as Text
}

function isRich(value: RichValues[string]): boolean {
  return typeof value !== 'string' && typeof value !== 'number'
}
