import type { CommonOptions } from 'countersign'
import { App } from './app.ts'
import { fetchApp } from './fetch-app.ts'
import { honoApp } from './hono-app.ts'

type Handler = (request: Request) => Promise<Response> | Response

const frameworks: Readonly<Record<string, (app: App, parser: string) => Handler>> = {
  Fetch: fetchApp,
  Hono: (app, parser) => honoApp(app, parser).fetch,
}

interface Environment {
  readonly framework: string
  readonly parser: string
  readonly options: CommonOptions
  /** The test's own process; tells whether the store is up. */
  readonly test: { fetch(url: string): Promise<Response> }
}

let served: { readonly app: App; readonly handler: Handler } | undefined

function serve({ framework, parser, options }: Environment) {
  const app = new App(options)
  return { app, handler: frameworks[framework]?.(app, parser) as Handler }
}

// biome-ignore lint/style/noDefaultExport: workerd calls the default export
export default {
  async fetch(request: Request, env: Environment): Promise<Response> {
    served ??= serve(env)
    served.app.failing = !(await env.test.fetch('http://test/')).ok
    return served.handler(request)
  },
}
