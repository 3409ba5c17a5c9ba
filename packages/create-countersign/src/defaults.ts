import { type Choices, frameworksFor, languagesFor, storesFor } from './choices.ts'
import type { Given } from './options.ts'

export const defaultFolder = 'my-api'

/** What a project needs to be known of. */
export interface Answers extends Choices {
  readonly folder: string
}

/** Takes the default for all that was not given. */
export function withDefaults(given: Given): Answers {
  const { folder = defaultFolder } = given
  const [firstFramework] = frameworksFor(given)
  const { framework = firstFramework ?? 'express' } = given
  const [firstStore] = storesFor(framework)
  const [firstLanguage] = languagesFor(framework)
  const { store = firstStore ?? 'memory', language = firstLanguage ?? 'typescript' } = given
  return { folder, framework, store, language }
}
