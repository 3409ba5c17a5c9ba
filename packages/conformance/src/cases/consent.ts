import { absoluteUrl, type Browser, isSameOrigin, redirectOf } from '../browser/browser.ts'
import { formsOf } from '../browser/forms.ts'
import { casesOf } from '../conformance-case.ts'
import type { Context } from '../context.ts'
import { expectHeader, expectNoServerError, responseOf } from '../expectations.ts'
import { authorizationUrl, type DecisionPage, decide, decisionPage } from '../flow/decide.ts'
import { approvedCredential, temporaryCredential } from '../flow/steps.ts'
import { headerOf, isHtml } from '../http/message.ts'
import type { UserForms } from '../target.ts'
import { Failure, Skip } from '../verdict.ts'

function formsGiven({ target }: Context): UserForms {
  if ('command' in target.approve) throw new Skip('pages are looked at only where approve is given as forms')
  return target.approve
}

/** The page where the test user decides on a new request. */
async function openDecision(context: Context, browser: Browser = context.browser): Promise<DecisionPage> {
  const forms = formsGiven(context)
  const { key } = await temporaryCredential(context)
  const page = await decisionPage(context, browser, authorizationUrl(context, key), forms)
  if (page === undefined)
    throw new Skip('the page with the decision was not found by the forms that are given')
  return page
}

export const consent = casesOf('consent', [
  {
    id: 'asks',
    title: 'A signed-in user is asked first, and not redirected at once',
    section: '§4.15',
    level: 'should',
    why: 'Another page could get an approval in the background, unseen by the user.',
    remedy: 'Show who asks for what, and wait for the user’s decision.',
    async run(context) {
      const forms = formsGiven(context)
      await approvedCredential(context)
      const { key } = await temporaryCredential(context)
      const page = await decisionPage(context, context.browser, authorizationUrl(context, key), forms)
      if (page === undefined) throw new Failure('a page with a form', 'a decision without one')
    },
  },
  {
    id: 'not-framed',
    title: 'The page cannot be put into a frame',
    section: '§4.14',
    level: 'should',
    why: 'In an invisible frame, the user clicks Allow without knowing (clickjacking).',
    remedy: "Send Content-Security-Policy: frame-ancestors 'none' and X-Frame-Options: DENY.",
    async run(context) {
      const { exchange } = await openDecision(context)
      const response = responseOf(exchange)
      const policy = headerOf(response, 'content-security-policy') ?? ''
      const options = headerOf(response, 'x-frame-options') ?? ''
      const isGuarded =
        /frame-ancestors\s+'(?:none|self)'/i.test(policy) || /^(?:deny|sameorigin)$/i.test(options)
      if (!isGuarded) throw new Failure('frame-ancestors or X-Frame-Options', 'neither', exchange)
    },
  },
  {
    id: 'forged',
    title: 'A decision that another site sends is refused',
    section: '§4.13',
    level: 'must',
    why: 'Any page that a signed-in user opens could approve access in their name (CSRF).',
    remedy: 'Put a token of the session into the form and check it; set SameSite on cookies; check Origin.',
    async run(context) {
      const { exchange, form, step } = await openDecision(context)
      const { request } = exchange
      const url = absoluteUrl(form.action, request.url)
      // What an attacker can know: their own token, and the values of the buttons.
      const known = form.fields.filter(({ name, isHidden }) => !isHidden || name === 'oauth_token')
      const typed = known.filter(({ isButton }) => !isButton).map(({ name, value }) => [name, value] as const)
      const pressed = step.submit ? [[step.submit.name, step.submit.value] as const] : []
      const response = await context.browser.forge(url, [
        ...typed,
        ...Object.entries(step.fields ?? {}),
        ...pressed,
      ])
      const location = redirectOf(response)
      if (location?.includes('oauth_verifier=')) throw new Failure('a refusal', 'an approval', response)
      const again = await decisionPage(context, context.browser, request.url, formsGiven(context))
      if (again === undefined) throw new Failure('no change', 'a decision', response)
    },
  },
  {
    id: 'second-user',
    title: 'Once a user approved a request, no other user can approve it or get its verifier',
    section: '§2.2',
    level: 'must',
    why: 'Otherwise the second approval replaces the first, or the first user’s verifier leaks.',
    remedy: 'Bind a temporary credential to the first user who decides, in one atomic step.',
    async run(context) {
      const { approveAsSecond } = context.target
      if (approveAsSecond === undefined)
        throw new Skip('no second user is given (secondUser, approveAsSecond)')
      const { temporary } = await approvedCredential(context)
      const url = authorizationUrl(context, temporary.key)
      const { verifier, last } = await decide(context, context.secondBrowser, url, approveAsSecond)
      if (verifier !== undefined) throw new Failure('no verifier for a second user', 'one', last)
    },
  },
  {
    id: 'denied',
    title: 'A denial gives the client no verifier',
    section: '§2.2',
    level: 'must',
    why: 'The user said no.',
    remedy: 'Redirect without oauth_verifier, or show a page.',
    async run(context) {
      const { deny } = context.target
      if (deny === undefined) throw new Skip('it is not said how a user denies (deny)')
      const { key } = await temporaryCredential(context)
      const { verifier, last } = await decide(context, context.browser, authorizationUrl(context, key), deny)
      if (verifier !== undefined) throw new Failure('no verifier', 'one', last)
    },
  },
  {
    id: 'no-referrer',
    title: 'The page does not leak its address',
    section: '§4.7',
    level: 'should',
    why: 'The address holds the token; the Referer header would send it to other servers.',
    remedy: 'Send Referrer-Policy: no-referrer with the authorization pages.',
    async run(context) {
      const { exchange } = await openDecision(context)
      expectHeader(
        exchange,
        'referrer-policy',
        /no-referrer(?!-when)|same-origin|^(?:strict-)?origin$/i,
        'a Referrer-Policy',
      )
    },
  },
  {
    id: 'no-store',
    title: 'The page is kept out of caches',
    section: '§4.4',
    level: 'should',
    why: 'It names the user and holds the form’s token.',
    remedy: 'Send Cache-Control: no-store with the authorization pages.',
    async run(context) {
      const { exchange } = await openDecision(context)
      expectHeader(
        exchange,
        'cache-control',
        /\bno-(?:store|cache)\b|\bprivate\b/i,
        'Cache-Control: no-store',
      )
    },
  },
  {
    id: 'unknown-token',
    title: 'An authorization URL with an unknown token, or none, does not redirect to another site',
    section: '§2.2',
    level: 'must',
    why: 'An open redirect helps phishing; a crash is a bug.',
    remedy: 'Show a page with status 400 or 404.',
    async run(context) {
      const { authorize } = context.target
      for (const url of [
        authorizationUrl(context, context.unknown()),
        authorizationUrl(context, ''),
        authorize,
      ]) {
        const response = await context.browser.open(url)
        expectNoServerError(response, 'an unknown token')
        const location = redirectOf(response)
        if (location !== undefined && !isSameOrigin(location, authorize))
          throw new Failure('no redirect to elsewhere', location, response)
      }
    },
  },
  {
    id: 'escaped',
    title: 'Markup in the authorization URL is escaped in the page',
    section: '§4.13',
    level: 'must',
    why: 'A link could run a script on the provider’s page, which could approve (XSS).',
    remedy: 'Escape everything that is written into a page.',
    async run(context) {
      const token = `${context.unknown()}"><script id="injected">`
      const response = await context.browser.open(authorizationUrl(context, token))
      const page = expectNoServerError(response, 'markup in oauth_token')
      const isWritten = isHtml(page) && page.body.includes('<script id="injected">')
      if (isWritten || formsOf(page.body).some(({ action }) => action.includes('"><')))
        throw new Failure('escaped text', 'the markup itself', response)
    },
  },
])
