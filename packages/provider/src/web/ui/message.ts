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
    'The fault is on this side, and it was logged. Please try again.',
  ),
  unavailable: message(
    503,
    'Not available right now',
    'The data cannot be reached. Please try again in a moment.',
  ),
  methodUnknown: message(405, 'Not a way to ask', 'Pages are read with GET, and forms are sent with POST.'),
  contentUnexpected: message(400, 'Not a way to ask', 'A page is read by its address alone, without a body.'),
  tooLarge: message(413, 'Too much text', 'The form holds more than is accepted here.'),
  tooOften: message(429, 'Too often', 'Wait a minute, then try again.'),
  forged: message(
    403,
    'This form is out of date',
    'It was not sent from a page of this site that was shown to you, or you have signed in or out since. Go back, reload the page and try again.',
  ),
  requestMissing: message(
    400,
    'No request named',
    'The link names no single access request. Go back to the application and start again.',
  ),
  requestUnknown: message(
    404,
    'Unknown request',
    'There is no such access request: it may be long over, or the link is incomplete. Go back to the application and start again.',
  ),
  requestExpired: message(
    410,
    'This request has expired',
    'It waited too long for a decision. Go back to the application and start again.',
  ),
  requestDecided: message(
    409,
    'Already decided',
    'This request was already allowed or denied. To decide anew, start again from the application.',
  ),
} satisfies Record<string, Page>
