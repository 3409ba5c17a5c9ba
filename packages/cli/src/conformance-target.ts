import type { Target } from '@countersign/conformance'
import { type CommandOption, type Invocation, listed, optional, UsageError } from './command.ts'
import { textOfFile } from './input-text.ts'
import { InputError } from './provider.ts'
import { clientSecret, password } from './secret.ts'

/** How a provider is described on the command line. Secrets are named by the environment variable that holds them. */
export const targetOptions: readonly CommandOption[] = [
  { flags: '--base URL', summary: 'The address of the provider, such as http://127.0.0.1:5849' },
  {
    flags: '--target FILE',
    summary: 'A description of the provider as JSON; options take precedence over it',
  },
  { flags: '--client KEY', summary: 'The key of a test client' },
  { flags: '--secret-env NAME', summary: `The variable with its secret (default: ${clientSecret.variable})` },
  { flags: '--second-client KEY', summary: 'The key of another test client' },
  { flags: '--second-secret-env NAME', summary: 'The variable with the secret of the other client' },
  { flags: '--rsa-client KEY', summary: 'The key of a test client with a public key' },
  { flags: '--rsa-key-file FILE', summary: 'Its private key, as PEM' },
  { flags: '--callback URI', summary: 'A callback that the test clients registered (default: out of band)' },
  {
    flags: '--method NAME',
    summary: 'A signature method that the provider takes (default: all are tried)',
    repeatable: true,
  },
  { flags: '--user NAME', summary: 'The test user who approves' },
  { flags: '--password-env NAME', summary: `The variable with the password (default: ${password.variable})` },
  { flags: '--second-user NAME', summary: 'Another test user' },
  { flags: '--second-password-env NAME', summary: 'The variable with the password of the other user' },
  {
    flags: '--initiate PATH',
    summary: 'Where temporary credentials are requested (default: /oauth/initiate)',
  },
  { flags: '--authorize PATH', summary: 'Where users approve (default: /oauth/authorize)' },
  { flags: '--token PATH', summary: 'Where credentials are exchanged (default: /oauth/token)' },
  { flags: '--resource PATH', summary: 'A protected resource (default: /api/echo)' },
]

/**
 * The target that the options and the file of `--target` describe.
 *
 * @throws UsageError that names what is missing or wrong.
 */
export async function conformanceTarget(given: Invocation): Promise<Target> {
  const { readTarget, TargetError } = await import('@countersign/conformance')
  try {
    return readTarget({ ...described(given), ...fromOptions(given) })
  } catch (error) {
    throw error instanceof TargetError ? new UsageError(error.message) : error
  }
}

function described(given: Invocation): object {
  const file = optional(given, 'target')
  if (file === undefined) return {}
  try {
    const description: unknown = JSON.parse(textOfFile(file, 'target'))
    if (typeof description === 'object' && description !== null) return description
  } catch (error) {
    if (error instanceof InputError) throw new UsageError(error.message)
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new UsageError('The file that --target names is not a JSON object.')
}

function fromOptions(given: Invocation): object {
  const plain = ['base', 'callback', 'initiate', 'authorize', 'token', 'resource']
  const methods = listed(given, 'method')
  const rsa = optional(given, 'rsa-client')
  return {
    ...Object.fromEntries(
      plain.map((name) => [name, optional(given, name)]).filter(([, value]) => value !== undefined),
    ),
    ...(methods.length > 0 ? { signatureMethods: methods } : {}),
    ...pair(given, 'client', 'client', 'key', 'secret', clientSecret.variable),
    ...pair(given, 'secondClient', 'second-client', 'key', 'second-secret'),
    ...pair(given, 'user', 'user', 'name', 'password', password.variable),
    ...pair(given, 'secondUser', 'second-user', 'name', 'second-password'),
    ...(rsa === undefined
      ? {}
      : { rsaClient: { key: rsa, privateKey: { file: requiredWith(given, 'rsa-client', 'rsa-key-file') } } }),
  }
}

/** A client or a user: its name, and the variable with the secret. */
function pair(
  given: Invocation,
  field: string,
  option: string,
  name: string,
  secret: string,
  variable?: string,
): object {
  const who = optional(given, option)
  if (who === undefined) return {}
  const env = optional(given, `${secret}-env`) ?? variable ?? requiredWith(given, option, `${secret}-env`)
  return { [field]: { [name]: who, [secret.replace('second-', '')]: { env } } }
}

function requiredWith(given: Invocation, option: string, needed: string): string {
  const value = optional(given, needed)
  if (value === undefined) throw new UsageError(`--${option} needs --${needed}.`)
  return value
}
