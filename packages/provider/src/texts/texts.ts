import { html } from 'hono/html'
import { IntlMessageFormat } from 'intl-messageformat'
import de from './de.json' with { type: 'json' }
import en from './en.json' with { type: 'json' }

/** A fragment of escaped HTML. */
export type Html = ReturnType<typeof html>

/** The placeholder values of a plain text. */
export type TextValues = Readonly<Record<string, string | number>>

/** The placeholder values of an HTML text: fragments, and functions for its tags, by name. */
export type RichValues = Readonly<Record<string, string | number | Html | ((content: Html) => Html)>>

/**
 * One text. It is a string when all its values are strings or numbers; with an HTML fragment or a tag among them it is
 * HTML, with everything else escaped.
 */
export interface Text {
  (values?: TextValues): string
  (values: RichValues): Html
}

/** The texts of a file, in its tree. */
type TextTree<Source> = {
  readonly [Key in keyof Source]: Source[Key] extends string ? Text : TextTree<Source[Key]>
}

/** Every language has all the English texts: one that lacks a text does not compile. */
const sources = { en, de } satisfies Record<string, typeof en>

export type Language = keyof typeof sources
export const languages = Object.keys(sources) as readonly Language[]

/** All texts for people, in one language. */
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

/** For logs and the command line, and if no language is requested. */
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
  // Without ICU syntax, it is used as is.
  if (!/[{}<>']/.test(source)) return (() => source) as Text
  let compiled: IntlMessageFormat | undefined
  const text = (values: RichValues = {}): string | Html => {
    compiled ??= new IntlMessageFormat(source, language)
    // HTML fragments pass through unchanged, while `html` escapes strings.
    const parts = compiled.format<Html>(values as Parameters<typeof compiled.format<Html>>[0])
    return Object.values(values).some(isRich) ? html`${parts}` : String(parts)
  }
  return text as Text
}

function isRich(value: RichValues[string]): boolean {
  return typeof value !== 'string' && typeof value !== 'number'
}
