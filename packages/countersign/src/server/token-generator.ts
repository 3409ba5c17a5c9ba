import { randomToken } from '../crypto/random.ts'
import { ConfigurationError } from '../errors.ts'
import type { GeneratedCredential, IssuingOptions, ResolvedOptions, StringGenerator } from './options.ts'

type GeneratorOptions = Pick<
  IssuingOptions,
  'tokenGenerator' | 'oauthTokenGenerator' | 'oauthTokenSecretGenerator'
> &
  Pick<ResolvedOptions, 'tokenLength' | 'tokenSecretLength'>

/**
 * A new token and secret, from the application's generators or at random.
 *
 * @throws ConfigurationError when a generator cannot be imported or does not return a string.
 */
export async function generateCredential(options: GeneratorOptions): Promise<GeneratedCredential> {
  if (options.tokenGenerator) {
    const { oauthToken, oauthTokenSecret } = await options.tokenGenerator()
    return {
      oauthToken: text(oauthToken, 'tokenGenerator'),
      oauthTokenSecret: text(oauthTokenSecret, 'tokenGenerator'),
    }
  }
  const { oauthTokenGenerator, oauthTokenSecretGenerator, tokenLength, tokenSecretLength } = options
  return {
    oauthToken: await generate(oauthTokenGenerator, tokenLength),
    oauthTokenSecret: await generate(oauthTokenSecretGenerator, tokenSecretLength),
  }
}

async function generate(generator: StringGenerator | undefined, length: number): Promise<string> {
  if (generator === undefined) return randomToken(length)
  if (typeof generator === 'function') return text(await generator(), 'The token generator')
  return text(await (await importGenerator(generator))(), generator)
}

async function importGenerator(path: string): Promise<() => unknown> {
  // Guaranteed by the check of the options.
  const [module, name] = path.split('#') as [string, string]
  let imported: Record<string, unknown>
  try {
    imported = await import(module)
  } catch (cause) {
    throw new ConfigurationError(
      `The token generator ${path} cannot be imported; give a package name or a file: URL.`,
      { cause },
    )
  }
  const generator = imported[name]
  if (typeof generator === 'function') return generator as () => unknown
  throw new ConfigurationError(`The token generator ${path}: the module exports no function of that name.`)
}

function text(value: unknown, generator: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw new ConfigurationError(`${generator} must make a non-empty string.`)
}
