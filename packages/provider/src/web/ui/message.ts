import { html } from 'hono/html'
import type { Texts } from '../../texts/texts.ts'
import type { Page } from './layout.ts'

type MessageName = Exclude<keyof Texts['messages'], 'toStart'>

function message(status: NonNullable<Page['status']>, name: MessageName) {
  return ({ messages: { toStart, [name]: said } }: Texts): Page => ({
    status,
    title: said.title(),
    focused: true,
    body: html`<h1>${said.title()}</h1><p>${said.text()}</p><p><a href="/">${toStart()}</a></p>`,
  })
}

/** The pages for errors, each with a way out. */
export const messages = {
  notFound: message(404, 'notFound'),
  failed: message(500, 'failed'),
  unavailable: message(503, 'unavailable'),
  methodUnknown: message(405, 'methodUnknown'),
  contentUnexpected: message(400, 'contentUnexpected'),
  tooLarge: message(413, 'tooLarge'),
  tooOften: message(429, 'tooOften'),
  forged: message(403, 'forged'),
  requestMissing: message(400, 'requestMissing'),
  requestUnknown: message(404, 'requestUnknown'),
  requestExpired: message(410, 'requestExpired'),
  requestDecided: message(409, 'requestDecided'),
  clientPending: message(403, 'clientPending'),
  clientSuspended: message(403, 'clientSuspended'),
} satisfies Record<MessageName, (texts: Texts) => Page>
