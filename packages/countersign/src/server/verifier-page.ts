import type { VerifierPage } from './options.ts'

/** In groups of five, which are easy to copy; the token endpoint accepts the code with or without the dash. */
function grouped(code: string): string {
  return code.replace(/.{5}(?=.)/g, '$&-')
}

/** One click selects the whole code. The page has no script, and its policy allows none. */
const style = `:root{color-scheme:light dark;font:1.1rem/1.5 system-ui,sans-serif}
body{max-width:32rem;margin:12vh auto;padding:0 1rem;text-align:center}
h1{font-size:1.4rem}
code{display:block;font:600 clamp(1.6rem,9vw,2.6rem)/2 ui-monospace,monospace;-webkit-user-select:all;user-select:all}`

/** The page of an `oob` flow if the application has none (§2.2). It contains nothing that needs escaping. */
export function plainVerifierPage({ oauthVerifier }: Pick<VerifierPage, 'oauthVerifier'>): string {
  const [title, text] =
    oauthVerifier === undefined
      ? ['Access denied', 'You did not grant access. You can close this page.']
      : [
          'Your verification code',
          `Type this code into the application:<code>${grouped(oauthVerifier)}</code>`,
        ]
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>${style}</style><title>${title}</title><h1>${title}</h1><p>${text}</p></html>`
}
