import { parseArgs } from 'node:util'
import {
  type Choices,
  frameworks,
  frameworksFor,
  languageFault,
  languages,
  languagesFor,
  namesOf,
  storeFault,
  stores,
  storesFor,
} from './choices.ts'
import { UsageFault } from './faults.ts'
import { nearest } from './nearest.ts'
import { requireSeparator, separatorHint } from './npm.ts'

/** What a command line says. */
export interface Given extends Partial<Choices> {
  readonly folder?: string
  readonly name?: string
  readonly yes: boolean
  readonly help: boolean
  readonly version: boolean
}

const options = {
  framework: { type: 'string', short: 'f' },
  store: { type: 'string', short: 's' },
  language: { type: 'string', short: 'l' },
  name: { type: 'string' },
  yes: { type: 'boolean', short: 'y', default: false },
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', short: 'v', default: false },
} as const

/** Throws a UsageFault for a command line that is not understood, or of which npm has taken options. */
export function readOptions(args: readonly string[], env: NodeJS.ProcessEnv): Given {
  const { values, positionals } = parsed(args)
  const { yes, help, version } = values
  if (help || version) return { yes, help, version }
  const [folder, ...others] = positionals
  if (others.length > 0)
    throw new UsageFault(
      `One folder is enough: ${positionals.map((name) => JSON.stringify(name)).join(', ')}. ${separatorHint}`,
    )
  if (folder === '') throw new UsageFault('The folder is empty text. "." is the current folder.')
  const framework = oneOf('framework', values.framework, namesOf(frameworks))
  const store = oneOf('store', values.store, namesOf(stores))
  const language = oneOf('language', values.language, namesOf(languages))
  const given = {
    ...(folder === undefined ? {} : { folder }),
    ...(values.name === undefined ? {} : { name: values.name }),
    ...(framework && { framework }),
    ...(store && { store }),
    ...(language && { language }),
    yes,
    help,
    version,
  }
  requireSeparator(given, env)
  requireMatch(given)
  return given
}

/** Throws a UsageFault where a framework cannot have the store or the language. */
function requireMatch(given: Partial<Choices>): void {
  const { framework, store, language } = given
  if (frameworksFor(given).length === 0)
    throw new UsageFault(`No framework has both --store ${store} and --language ${language}.`)
  if (framework === undefined) return
  if (store && !storesFor(framework).includes(store))
    throw mismatch(storeFault(framework), 'store', storesFor(framework))
  if (language && !languagesFor(framework).includes(language))
    throw mismatch(languageFault(framework), 'language', languagesFor(framework))
}

function mismatch(fault: string, flag: string, possible: readonly string[]): UsageFault {
  return new UsageFault(
    `${fault}. Possible with this framework: ${possible.map((name) => `--${flag} ${name}`).join(', ')}.`,
  )
}

function oneOf<Name extends string>(
  flag: string,
  value: string | undefined,
  names: readonly Name[],
): Name | undefined {
  if (value === undefined) return undefined
  const found = names.find((name) => name === value)
  if (found !== undefined) return found
  const near = nearest(value, names)
  const meant = near === undefined ? '' : ` Did you mean ${near}?`
  throw new UsageFault(`There is no ${flag} "${value}".${meant} Known: ${names.join(', ')}.`)
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    const [, flag] = /^Unknown option '(-[^']+)'/.exec(error.message) ?? []
    if (flag === undefined) throw new UsageFault(error.message)
    const near = nearest(flag.replace(/^-+/, ''), Object.keys(options))
    throw new UsageFault(`There is no option ${flag}.${near === undefined ? '' : ` Did you mean --${near}?`}`)
  }
}
