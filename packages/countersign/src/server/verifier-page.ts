import type { VerifierPage } from './options.ts'

/** In groups of five, which are easy to copy; the token endpoint takes the code with the dash and without. */
function grouped(code: string): string {
  return code.replace(/.{5}(?=.)/g, '$&-')
}

/** The page of an `oob` flow where the application brings none (§2.2). It holds nothing that would need escaping. */
export function plainVerifierPage({ oauthVerifier }: Pick<VerifierPage, 'oauthVerifier'>): string {
  const [title, text] =
    oauthVerifier === undefined
      ? ['Access denied', 'You did not grant access. You can close this page.']
      : [
          'Your verification code',
          `Type this code into the application: <strong><code style="user-select:all">${grouped(oauthVerifier)}</code></strong>`,
        ]
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><h1>${title}</h1><p>${text}</p></html>`
}
