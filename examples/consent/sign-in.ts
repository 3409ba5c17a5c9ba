import express, { Router } from 'express'
import { isPasswordOf } from './accounts.ts'
import { html, page, pageHeaders } from './pages.ts'
import { isOwnForm, sessionOf, signInAs } from './sessions.ts'

/**
 * `/sign-in?oauth_token=…`: signs a user in and continues to the consent page. Limit its requests by name and by
 * address.
 */
export const signIn = Router()
signIn.use(pageHeaders, express.urlencoded({ extended: false, limit: '8kb' }))

signIn.get('/', (req, res) => {
  res.send(signInPage(String(req.query['oauth_token'] ?? ''), sessionOf(req, res).csrfToken))
})

signIn.post('/', async (req, res) => {
  const { name, password, oauth_token: oauthToken } = req.body ?? {}
  const { csrfToken } = sessionOf(req, res)
  // Otherwise, another site could sign its visitor in as someone else, who would then see the visitor's actions.
  const isRight = isOwnForm(req) && (await isPasswordOf(String(name), String(password)))
  if (!isRight) {
    res.status(403).send(signInPage(String(oauthToken), csrfToken, 'Please try again.'))
    return
  }
  signInAs(String(name), req, res)
  // Only the token is taken from the request, never an address: this redirect leads nowhere else.
  res.redirect(303, `/oauth/authorize?oauth_token=${encodeURIComponent(String(oauthToken))}`)
})

function signInPage(oauthToken: string, csrfToken: string, message = ''): string {
  return page(
    'Sign in',
    html`<p>${message}</p>
      <form method="post" action="/sign-in">
        <input type="hidden" name="csrf" value="${csrfToken}">
        <input type="hidden" name="oauth_token" value="${oauthToken}">
        <label>Name <input name="name" autocomplete="username" required></label>
        <label>Password <input name="password" type="password" autocomplete="current-password" required></label>
        <button>Sign in</button>
      </form>`,
  )
}
