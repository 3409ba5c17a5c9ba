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
import { type Answers, defaultFolder } from './defaults.ts'
import { Refusal } from './faults.ts'
import type { Given } from './options.ts'
import { requireTarget } from './target.ts'

/** Asks for what was not given. Throws a Refusal when the person at the terminal cancels. */
export async function ask(given: Given): Promise<Answers> {
  intro('An OAuth 1.0 provider')
  const folder = given.folder ?? (await askFolder(given.name))
  const framework = given.framework ?? (await choose('Which framework?', frameworks, frameworksFor(given)))
  const store =
    given.store ?? (await choose('Where are clients and tokens kept?', stores, storesFor(framework)))
  const language =
    given.language ?? (await choose('Which language style?', languages, languagesFor(framework)))
  outro(`${frameworks[framework].title} with ${stores[store].title}`)
  return { folder, framework, store, language }
}

async function askFolder(name: string | undefined): Promise<string> {
  const answer = await text({
    message: 'Which folder? It is created if it is missing.',
    placeholder: defaultFolder,
    defaultValue: defaultFolder,
    validate: (value) => targetFault(value || defaultFolder, name),
  })
  return answered(answer)
}

/** Why no project can be created in a folder; undefined where one can. */
function targetFault(folder: string, name: string | undefined): string | undefined {
  try {
    requireTarget(folder, name)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
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
