import process from 'node:process'
import { OAuth1Error } from 'countersign'
import {
  type BaseStringText,
  type Diagnosis,
  type DiagnosisSecrets,
  diagnoseSignature,
  isBaseString,
  parseBaseString,
  parseRequestText,
  type RequestText,
} from 'countersign/diagnose'
import { type HttpRequest, OAuth1Request } from 'countersign/protocol'
import { type Command, ExitStatus, type Invocation, jsonOption, listed, optional } from '../command.ts'
import {
  baseStringTextLines,
  explanationLines,
  givenBaseStringLines,
  timestampLine,
} from '../explanation-text.ts'
import { allOfStdin, textOfFile } from '../input-text.ts'
import { print } from '../output.ts'
import { withPrompt } from '../prompt.ts'
import { InputError } from '../provider.ts'
import { checkStdin, clientSecret, givenSecret, readSecret, secretOptions, tokenSecret } from '../secret.ts'

export const explain: Command = {
  name: 'explain',
  summary: 'Explain why a request’s signature is wrong',
  argument: {
    name: 'FILE',
    summary: 'Raw HTTP, a curl command, a HAR entry, JSON or a base string (default: standard input)',
  },
  options: [
    ...secretOptions(clientSecret),
    ...secretOptions(tokenSecret),
    { flags: '--rsa-public-key FILE', summary: 'The client’s RSA public key, as PEM or JWK' },
    { flags: '--origin URL', summary: 'Scheme and host of the server, where the request names only a path' },
    { flags: '--other-url URL', summary: 'An address that redirects to this one', repeatable: true },
    { flags: '--other-token-secrets FILE', summary: 'Secrets of earlier tokens, one per line' },
    {
      flags: '--base-string FILE',
      summary: 'Compare the base string that the client made (needs no secret)',
    },
    jsonOption,
  ],
  notes: `Nothing is sent, and no secret is printed.

Exit codes: 0 the signature is right, 3 a cause was found, 4 no cause was found,
1 the request cannot be read, 2 the command line is wrong.`,
  examples: [
    'explain request.txt --secret-file secret.txt',
    'explain --origin https://api.example.com < request.txt',
  ],
  async run(given) {
    const file = optional(given, 'file')
    const isStdin = file === undefined || file === '-'
    checkStdin(given, [clientSecret, tokenSecret], isStdin ? 'the request on standard input' : undefined)
    if (isStdin && process.stdin.isTTY) {
      process.stderr.write('Paste the request, then press Enter and Ctrl-D.\n')
    }
    const text = isStdin ? await allOfStdin() : textOfFile(file, 'file', 'The request')
    if (isBaseString(text))
      showBaseString(
        given,
        understood(() => parseBaseString(text)),
      )
    const origin = optional(given, 'origin')
    await explainRequest(
      given,
      understood(() => parseRequestText(text, { origin })),
    )
  },
}

const exitStatus = { cause: 3, none: 4 } as const

function showBaseString(given: Invocation, baseString: BaseStringText): never {
  print(given, baseString, baseStringTextLines(baseString))
  throw new ExitStatus(baseString.problems.length === 0 ? 0 : exitStatus.cause)
}

async function explainRequest(given: Invocation, { request, content, notes }: RequestText): Promise<void> {
  const file = optional(given, 'base-string')
  const made = file === undefined ? undefined : textOfFile(file, 'base-string').replace(/\s+/g, '')
  // Comparing base strings takes no secret.
  const isComparison = made !== undefined && (await givenSecret(given, clientSecret)) === undefined
  if (isComparison) compare(given, request, made)
  const others = optional(given, 'other-token-secrets')
  const diagnosis = diagnoseSignature(request, await secretsFor(given, request), {
    content,
    otherTokenSecrets: others === undefined ? [] : linesOf(textOfFile(others, 'other-token-secrets')),
    otherUrls: listed(given, 'other-url'),
    baseStrings: true,
  })
  const { baseStrings } = diagnosis
  print(given, { ...diagnosis, notes }, [
    ...explanationLines(diagnosis, notes, whenSigned(request), inColour()),
    ...(made === undefined || baseStrings === undefined
      ? []
      : ['', ...givenBaseStringLines(baseStrings.expected, made, inColour())]),
  ])
  if (diagnosis.outcome !== 'valid') throw new ExitStatus(statusOf(diagnosis))
}

function compare(given: Invocation, request: HttpRequest, made: string): never {
  const { baseString: expected } = understood(() => OAuth1Request.parse(request))
  print(
    given,
    { expected, given: made, equal: expected === made },
    givenBaseStringLines(expected, made, inColour()),
  )
  throw new ExitStatus(expected === made ? 0 : exitStatus.cause)
}

/** Only on a terminal; Node heeds NO_COLOR. */
function inColour(): boolean {
  return process.stdout.isTTY && process.stdout.hasColors()
}

function statusOf({ causes }: Diagnosis): number {
  return causes.length > 0 ? exitStatus.cause : exitStatus.none
}

/** The secrets with which the request should have been signed; only those that its method and token need. */
async function secretsFor(given: Invocation, request: HttpRequest): Promise<DiagnosisSecrets> {
  const file = optional(given, 'rsa-public-key')
  const publicKey = file === undefined ? undefined : publicKeyOf(textOfFile(file, 'rsa-public-key'))
  const { method = '', hasToken } = signingOf(request)
  const isRsa = /^RSA-/i.test(method) && publicKey !== undefined
  const isNeeded = method !== '' && !isRsa
  return withPrompt(async (prompt) => ({
    publicKey,
    clientSecret: isNeeded
      ? await readSecret(given, clientSecret, prompt)
      : await givenSecret(given, clientSecret),
    tokenSecret:
      isNeeded && hasToken
        ? await readSecret(given, tokenSecret, prompt)
        : await givenSecret(given, tokenSecret),
  }))
}

/** Nothing is needed for a request that is not signed, or cannot be read. */
function signingOf(request: HttpRequest): {
  readonly method: string | undefined
  readonly hasToken: boolean
  readonly timestamp?: string | undefined
} {
  try {
    const { signature, signatureMethod, oauthToken, timestamp } = OAuth1Request.parse(request)
    return {
      method: signature === undefined ? undefined : signatureMethod,
      hasToken: oauthToken !== undefined,
      timestamp,
    }
  } catch (error) {
    if (error instanceof OAuth1Error) return { method: undefined, hasToken: false }
    throw error
  }
}

/** PLAINTEXT needs no timestamp. */
function whenSigned(request: HttpRequest): string[] {
  const { timestamp } = signingOf(request)
  return timestamp === undefined ? [] : [timestampLine(timestamp, Math.floor(Date.now() / 1000))]
}

function publicKeyOf(text: string): NonNullable<DiagnosisSecrets['publicKey']> {
  if (!text.trimStart().startsWith('{')) return text
  try {
    return JSON.parse(text)
  } catch {
    throw new InputError(
      'rsa-public-key',
      'The file that --rsa-public-key names begins like a JWK and is not JSON.',
    )
  }
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line !== '')
}

function understood<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof OAuth1Error) throw new InputError('file', error.description)
    throw error
  }
}
