// Writes docs/troubleshooting.md from the table of causes:
// `node --conditions=countersign-source scripts/troubleshooting.ts`. A test fails if the page differs from the table.
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { type CauseText, causeGroups } from 'countersign/diagnose'

const head = `# Troubleshooting: why a signature does not match

Every mistake that [\`countersign/diagnose\`](diagnose.md) knows, by its code. The code is in the log of the server, in the
output of \`countersign explain\`, and on the provider's pages; it does not change. If you have no code yet, start here:

- **You run the server**: give it the option \`diagnose\`, and look at the event \`refused\` ([guide](diagnose.md)).
- **You write a client**: save the request as \`curl\` or as raw HTTP, and run \`countersign explain\`
  ([command line](../packages/cli/README.md#why-a-signature-is-refused)). If your client logs neither, print the address and
  the header that it sends, and write \`curl 'ADDRESS' -H 'Authorization: HEADER'\`; add \`-X\` and \`-d\` for another method and a
  form.
- **Your client is registered with the provider**: its page lists the recent requests, each refused one with the reason
  ([provider](../packages/provider/README.md#when-a-request-is-refused)).

[Errors](errors.md) has every other code that a server can send.

**If no cause is found**, the secrets of client and server differ, or the request was changed in transit. Compare the secrets
first, then what the server received with what the client sent: address, query, form.

**If \`explain\` says that the signature is right**, but the server refuses the request, the server checks another address than
the one that the client called. Behind a proxy that terminates TLS it sees \`http\` in place of \`https\`: the operator must set [its
public origin](deploying.md#what-a-proxy-must-leave-alone). Otherwise the timestamp, the nonce or the token is at fault; the
server's response or log says which.
`

/** The whole page. */
export function troubleshootingPage(): string {
  const groups = Object.entries(causeGroups).map(
    ([title, causes]) => `\n## ${title}\n${Object.entries<CauseText>(causes).map(section).join('')}`,
  )
  return head + groups.join('')
}

function section([code, { summary, fix, symptom, clients = {} }]: [string, CauseText]): string {
  const known = Object.entries(clients).map(([name, help]) => `- ${name}: ${help}\n`)
  return `
### ${code}

**Symptom.** ${symptom}

**Cause.** ${summary}

**Fix.** ${fix}
${known.length > 0 ? `\nKnown cases:\n\n${known.join('')}` : ''}`
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(resolve(join(import.meta.dirname, '..'), 'docs/troubleshooting.md'), troubleshootingPage())
