import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { Target, UserDecision, UserForms } from './target.ts'

/** The description of a provider is wrong: the message names the field and what it must be. */
export class TargetError extends Error {
  override readonly name = 'TargetError'
}

/** A text, or its location: secrets are in the environment or in a file. */
const text = z.union([
  z.string(),
  z.strictObject({ env: z.string().min(1) }),
  z.strictObject({ file: z.string().min(1) }),
])
const keys = z.strictObject({ key: z.string().min(1), secret: text })
const forms = z.strictObject({
  forms: z
    .array(
      z.strictObject({
        fields: z.record(z.string(), text).optional(),
        submit: z.strictObject({ name: z.string(), value: z.string() }).optional(),
      }),
    )
    .min(1),
  code: z.string().refine(isPattern, 'must be a regular expression').optional(),
})
const decision = z.union([forms, z.strictObject({ command: z.tuple([z.string()], z.string()) })])
const user = z.strictObject({ name: z.string().min(1), password: text })

const schema = z.strictObject({
  base: z.url({
    protocol: /^https?$/,
    error: 'must be the address of the provider, such as https://provider.example',
  }),
  initiate: z.string().default('/oauth/initiate'),
  authorize: z.string().default('/oauth/authorize'),
  token: z.string().default('/oauth/token'),
  resource: z.string().default('/api/echo'),
  client: keys,
  secondClient: keys.optional(),
  rsaClient: z.strictObject({ key: z.string().min(1), privateKey: text }).optional(),
  callback: z.string().optional(),
  signatureMethods: z.array(z.string().min(1)).min(1).optional(),
  user: user.optional(),
  secondUser: user.optional(),
  approve: decision.optional(),
  deny: decision.optional(),
  approveAsSecond: decision.optional(),
})

/**
 * The content of a target file: paths are relative to `base`, and a secret may be `{ "env": "NAME" }` or
 * `{ "file": "PATH" }`.
 */
export type TargetDescription = z.input<typeof schema>

type Text = z.output<typeof text>

/**
 * Reads and completes a description. `user` and `secondUser` are short for the forms of countersign's own provider.
 *
 * @param description - As parsed from JSON.
 * @throws TargetError that names each field at fault.
 * @example
 * ```ts
 * const target = readTarget({
 *   base: 'http://127.0.0.1:5849',
 *   client: { key: 'demo', secret: { env: 'CLIENT_SECRET' } },
 *   user: { name: 'demo', password: { env: 'PASSWORD' } },
 * })
 * ```
 */
export function readTarget(description: unknown): Target {
  const { success, data, error } = schema.safeParse(description, {
    error: ({ input }) => (input === undefined ? 'is missing' : undefined),
  })
  if (!success) throw new TargetError(error.issues.map(issueText).join('\n'))
  const { base, client, secondClient, rsaClient, callback, signatureMethods } = data
  const approve = data.approve ? decisionOf(data.approve) : data.user && usualForms(data.user, 'allow')
  if (approve === undefined) throw new TargetError('user or approve is missing: who approves the access?')
  return {
    initiate: absolute(base, data.initiate, 'initiate'),
    authorize: absolute(base, data.authorize, 'authorize'),
    token: absolute(base, data.token, 'token'),
    resource: absolute(base, data.resource, 'resource'),
    client: { key: client.key, secret: textOf(client.secret) },
    secondClient: secondClient && { key: secondClient.key, secret: textOf(secondClient.secret) },
    rsaClient: rsaClient && { key: rsaClient.key, privateKey: privateKeyOf(textOf(rsaClient.privateKey)) },
    callback,
    signatureMethods,
    approve,
    deny: data.deny ? decisionOf(data.deny) : data.user && usualForms(data.user, 'deny'),
    approveAsSecond: data.approveAsSecond
      ? decisionOf(data.approveAsSecond)
      : data.secondUser && usualForms(data.secondUser, 'allow'),
  }
}

/** Sign in, then decide, on the pages of `@countersign/provider`. */
function usualForms({ name, password }: z.output<typeof user>, value: 'allow' | 'deny'): UserForms {
  return {
    forms: [{ fields: { name, password: textOf(password) } }, { submit: { name: 'decision', value } }],
  }
}

function decisionOf(given: z.output<typeof decision>): UserDecision {
  if ('command' in given) return { command: given.command }
  const steps = given.forms.map(({ fields = {}, submit }) => ({
    fields: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, textOf(value)])),
    submit,
  }))
  return { forms: steps, code: given.code }
}

function textOf(given: Text): string {
  if (typeof given === 'string') return given
  if ('env' in given) {
    const value = process.env[given.env]
    if (value === undefined || value === '')
      throw new TargetError(`The environment variable ${given.env} is not set.`)
    return value
  }
  try {
    return readFileSync(given.file, 'utf8').replace(/\r?\n$/, '')
  } catch (error) {
    throw new TargetError(`The file ${given.file} cannot be read: ${(error as Error).message}`)
  }
}

/** Not just `new URL`, which would change escapes in the path. */
function absolute(base: string, path: string, field: string): string {
  const isUrl = /^https?:\/\//i.test(path)
  const url = isUrl ? path : base.replace(/\/+$/, '') + path
  if (!(isUrl || path.startsWith('/')) || !URL.canParse(url) || !/^[\x21\x22\x24-\x7e]+$/.test(url))
    throw new TargetError(
      `${field}: must be a path that begins with / or a whole URL, without spaces and fragment.`,
    )
  return url
}

function privateKeyOf(pem: string): string {
  try {
    createPrivateKey(pem)
    return pem
  } catch {
    throw new TargetError('rsaClient.privateKey: must be a private key in PEM, without a passphrase.')
  }
}

function isPattern(source: string): boolean {
  try {
    new RegExp(source)
    return true
  } catch {
    return false
  }
}

function issueText({ path, message }: z.core.$ZodIssue): string {
  return path.length === 0 ? message : `${path.join('.')}: ${message}`
}
