import { html } from 'hono/html'
import type { Html, Language, Texts } from '../../texts/texts.ts'

export type { Html }

/**
 * An untrusted name: kept from reordering the text around it, cut after two lines with the full name in its title, and
 * kept on one line if it fits.
 */
export function named(name: string): Html {
  return html`<bdi class="name" title="${name}">${name}</bdi>`
}

/** The same in full length, for a page about it. */
export function namedInFull(name: string): Html {
  return html`<bdi class="name full">${name}</bdi>`
}

/** An untrusted address: a callback, a host. */
export function place(text: string): Html {
  return html`<bdi>${text}</bdi>`
}

/** The important part of a sentence. */
export function strong(text: Html): Html {
  return html`<strong>${text}</strong>`
}

/** Text for programs. */
export function code(text: string | Html): Html {
  return html`<code>${text}</code>`
}

/** A day, in UTC. @param seconds - Since 1970. */
export function day({ language }: Texts, seconds: number): Html {
  const date = new Date(seconds * 1000)
  return html`<time datetime="${date.toISOString().slice(0, 10)}">${dateFormats[language].day.format(date)}</time>`
}

/** A moment of the last days, in UTC. @param milliseconds - Since 1970. */
export function moment({ language }: Texts, milliseconds: number): Html {
  const date = new Date(milliseconds)
  return html`<time datetime="${date.toISOString()}">${dateFormats[language].moment.format(date)} UTC</time>`
}

function formatsIn(locale: string) {
  return {
    day: new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }),
    moment: new Intl.DateTimeFormat(locale, {
      day: 'numeric',
      month: 'short',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      timeZone: 'UTC',
    }),
  }
}

const dateFormats: Readonly<Record<Language, ReturnType<typeof formatsIn>>> = {
  en: formatsIn('en-GB'),
  de: formatsIn('de'),
}
