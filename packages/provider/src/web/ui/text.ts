import { html } from 'hono/html'

/** A piece of escaped HTML. */
export type Html = ReturnType<typeof html>

/**
 * A name that somebody chose: kept from turning the text around it, cut after two lines with the whole in its title,
 * and on one line where it fits on one.
 */
export function named(name: string): Html {
  return html`<bdi class="name" title="${name}">${name}</bdi>`
}

/** The same in full length, where it is what the page is about. */
export function namedInFull(name: string): Html {
  return html`<bdi class="name full">${name}</bdi>`
}

/** An address that somebody chose: a callback, a host. */
export function place(text: string): Html {
  return html`<bdi>${text}</bdi>`
}

/** A day, in UTC. @param seconds - Since 1970. */
export function day(seconds: number): Html {
  const date = new Date(seconds * 1000)
  return html`<time datetime="${date.toISOString().slice(0, 10)}">${dayFormat.format(date)}</time>`
}

/** A moment of the last days, in UTC. @param milliseconds - Since 1970. */
export function moment(milliseconds: number): Html {
  const date = new Date(milliseconds)
  return html`<time datetime="${date.toISOString()}">${momentFormat.format(date)} UTC</time>`
}

const dayFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' })

const momentFormat = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZone: 'UTC',
})
