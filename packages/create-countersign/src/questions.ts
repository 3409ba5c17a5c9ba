import { cancel, intro, isCancel, type Option, outro, select, text } from '@clack/prompts'
import {
  type Choice,
  frameworks,
  frameworksFor,
  languages,
  languagesFor,
  stores,
  storesFor,
} from './choices.ts'
import type { Answers } from './defaults.ts'
import { Refusal } from './faults.ts'
import type { Given } from './options.ts'
import { nameFault } from './target.ts'

/** Asks for what was not given. Throws a Refusal when the person at the terminal cancels. */
export async function ask(given: Given): Promise<Answers> {
  intro('An OAuth 1.0 provider')
  const folder = given.folder ?? (await askFolder())
  const framework = given.framework ?? (await choose('Which framework?', frameworks, frameworksFor(given)))
  const store =
    given.store ?? (await choose('Where are clients and tokens kept?', stores, storesFor(framework)))
  const language =
    given.language ?? (await choose('Which language style?', languages, languagesFor(framework)))
  outro(`${frameworks[framework].title} with ${stores[store].title}`)
  return { folder, framework, store, language }
}

async function askFolder(): Promise<string> {
  const answer = await text({
    message: 'Which folder? It is created if it is missing.',
    placeholder: 'my-api',
    defaultValue: 'my-api',
    validate: (value) => (value && value !== '.' && !value.includes('/') ? nameFault(value) : undefined),
  })
  return answered(answer)
}

/** A question with one possible choice is not asked. */
async function choose<Name extends string>(
  message: string,
  table: Readonly<Record<Name, Choice>>,
  names: readonly Name[],
): Promise<Name> {
  const [only] = names
  if (only !== undefined && names.length === 1) return only
  const options = names.map((value) => ({
    value,
    label: table[value].title,
    hint: [value, table[value].hint].filter(Boolean).join(': '),
  })) as Option<Name>[]
  return answered(await select({ message, options })) as Name
}

function answered<Value>(answer: Value): Exclude<Value, symbol> {
  if (!isCancel(answer)) return answer as Exclude<Value, symbol>
  cancel('Nothing was written.')
  throw new Refusal('')
}
