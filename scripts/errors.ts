// Writes docs/errors.md: `node --conditions=countersign-source scripts/errors.ts`. A test fails if the page differs,
// lacks a code of the source, or has one that does not exist.
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { OAuth1Error, type OAuth1ErrorCode } from 'countersign'
import { ExchangeError, type ExchangeErrorCode } from 'countersign/bridge'
import { exchangeCodes, gatewayCodes, oauthCodes, providerCodes, type Text } from './error-texts.ts'

/** What one part of countersign means by a code. */
export interface Meaning extends Text {
  readonly code: string
  readonly status: readonly number[]
  readonly sender: string
}

const meanings: readonly Meaning[] = [
  ...Object.entries(oauthCodes).map(([code, text]) => {
    const { status } = new OAuth1Error(code as OAuth1ErrorCode, '')
    return { code, status: [status], sender: 'servers and protectors', ...text }
  }),
  ...Object.entries(exchangeCodes).map(([code, text]) => {
    const { status } = new ExchangeError(code as ExchangeErrorCode, '')
    return { code, status: [status], sender: 'the exchange', ...text }
  }),
  ...Object.entries(providerCodes).map(([code, text]) => ({ code, sender: 'the provider', ...text })),
  ...Object.entries(gatewayCodes).map(([code, text]) => ({ code, sender: 'the gateway', ...text })),
]

/** All meanings of each code, in the order of the alphabet. */
export const meaningsByCode: ReadonlyMap<string, readonly Meaning[]> = new Map(
  [...new Set(meanings.map(({ code }) => code))]
    .sort()
    .map((code) => [code, meanings.filter((meaning) => meaning.code === code)]),
)

const head = `# Errors

This page lists every code that a server, a protector, the [exchange](bridge.md), the
[provider](../packages/provider/README.md) or the [gateway](gateway.md) can send, with its cause and remedy. A refusal names
its code in \`error\` and describes the particular case in \`error_description\`:

\`\`\`json
{"error":"invalid_nonce","error_description":"This oauth_nonce was used before with this oauth_timestamp; sign every request again, with a new nonce.","error_uri":"https://github.com/countersign/countersign/blob/main/docs/errors.md#invalid_nonce"}
\`\`\`

Token endpoints send these as a form and protected resources as JSON, unless \`Accept\` names the other; a browser gets text.
The exchange and the gateway itself always send JSON. Every 401, and every refusal by a protector, carries
\`WWW-Authenticate: OAuth realm="…"\`; a 401 of the exchange carries \`Basic\`. Refusals of the provider and the gateway that are
not about OAuth, such as \`not_found\` and \`bad_gateway\`, carry none.

\`error_uri\` is the address of a page like this one, with the code as its fragment. The provider and the gateway link to this
page unless \`OAUTH1_ERROR_PAGE\` says otherwise. Servers, protectors and \`TokenExchange\` send \`error_uri\` only if you set the
option [\`errorPage\`](reference.md#options) to the address of your page.

In your own code a refusal is an \`OAuth1Error\` or an \`ExchangeError\`, with \`code\` and \`status\`. Failures of a store or of
the configuration are [other errors](reference.md#the-others), such as \`store_error\` with status 503. Clients never learn
their cause, which is in the event [\`store_failed\`](events.md).

`

/** The whole page. */
export function errorsPage(): string {
  const rows = [...meaningsByCode].flatMap(([code, all]) =>
    all.map(({ status, sender }) => `| [\`${code}\`](#${code}) | ${status.join(', ')} | ${sender} |\n`),
  )
  const sections = [...meaningsByCode].map(
    ([code, all]) => `\n## ${code}\n${all.map((meaning) => section(meaning, all.length > 1)).join('')}`,
  )
  return `${head}| Code | Status | Sent by |\n| --- | --- | --- |\n${rows.join('')}${sections.join('')}`
}

function section({ status, sender, cause, remedy }: Meaning, isOneOfSeveral: boolean): string {
  const title = isOneOfSeveral ? `\n${capitalized(sender)}, ${status.join(' or ')}:\n` : ''
  return `${title}
**Cause.** ${cause}

**Remedy.** ${remedy}
`
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(resolve(join(import.meta.dirname, '..'), 'docs/errors.md'), errorsPage())
