import type { VerifierPage } from './options.ts'

/** The page of an `oob` flow where the application brings none (§2.2). It holds nothing that would need escaping. */
export function plainVerifierPage({ oauthVerifier }: VerifierPage): string {
  const [title, text] =
    oauthVerifier === undefined
      ? ['Access denied', 'You did not grant access. You can close this page.']
      : [
          'Your verification code',
          `Type this code into the application: <strong><code>${oauthVerifier}</code></strong>`,
        ]
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><h1>${title}</h1><p>${text}</p></html>`
}
