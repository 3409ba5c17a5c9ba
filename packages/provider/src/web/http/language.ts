import { createMiddleware } from 'hono/factory'
import { languageDetector } from 'hono/language'
import { type Language, languages, textsIn } from '../../texts/texts.ts'
import type { WebEnv } from './session.ts'

const detect = languageDetector({
  order: ['header'],
  caches: false,
  supportedLanguages: [...languages],
  fallbackLanguage: 'en',
})

/** The browser's preferred language among ours. No cookie and no URL stores it: the browser sends it every time. */
export const language = createMiddleware<WebEnv>(async (c, next) =>
  detect(c, async () => {
    c.set('texts', textsIn(c.get('language') as Language))
    await next()
  }),
)
