import { html } from 'hono/html'
import type { Page } from './layout.ts'

const link = html`<p><a href="/">To the start page</a></p>`

function message(status: NonNullable<Page['status']>, title: string, text: string): Page {
  return { status, title, focused: true, body: html`<h1>${title}</h1><p>${text}</p>${link}` }
}

/** The pages for what went wrong, each with the way out. */
export const messages = {
  notFound: message(404, 'Page not found', 'There is nothing at this address.'),
  failed: message(
    500,
    'Something went wrong',
    'The error is on our side, and it was logged. Please try again.',
  ),
  unavailable: message(
    503,
    'Not available right now',
    'The database cannot be reached. Please try again in a moment.',
  ),
  methodUnknown: message(405, 'Method not allowed', 'Pages are read with GET, and forms are sent with POST.'),
  contentUnexpected: message(400, 'Unexpected content', 'A request for a page has no body.'),
  tooLarge: message(413, 'The form is too large', 'It holds more text than is accepted here.'),
  tooOften: message(429, 'Too many requests', 'Wait a minute, then try again.'),
  forged: message(
    403,
    'This form is out of date',
    'It was not sent from a page of this site that was shown to you, or you have signed in or out since. Go back, reload the page and try again.',
  ),
  requestMissing: message(
    400,
    'No single request',
    'The link does not name one access request. Go back to the application and start again.',
  ),
  requestUnknown: message(
    404,
    'Unknown request',
    'There is no such access request: it may have ended long ago, or the link is incomplete. Go back to the application and start again.',
  ),
  requestExpired: message(
    410,
    'This request has expired',
    'It waited too long for a decision. Go back to the application and start again.',
  ),
  requestDecided: message(
    409,
    'Already decided',
    'This request was already allowed or denied. To decide again, start over from the application.',
  ),
} satisfies Record<string, Page>
