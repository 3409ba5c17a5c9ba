import { type Context, Hono, type MiddlewareHandler } from 'hono'
import type { Logger } from 'pino'
import { type ClientError, type ClientForm, clientResponse } from './client-response.ts'
import { type Failure, failures } from './failure.ts'
import type { HostCheck } from './host-check.ts'

/** What all apps of the site share. */
export interface Site {
  readonly hosts: HostCheck
  readonly log: Logger
  /** The public origin, if set. */
  readonly origin: string | undefined
}

/** The origin at which clients and people reach this site. */
export function originOf(c: Context, { origin }: Pick<Site, 'origin'>): string {
  return origin ?? new URL(c.req.url).origin
}

/**
 * An app for programs, without routes yet; errors of its routes all have one format.
 *
 * @param paths - The paths of its routes, which nothing else of the site uses.
 * @param outermost - Middleware that also sees refusals.
 */
export function clientApp(
  paths: readonly string[],
  usual: ClientForm,
  { hosts, log }: Site,
  ...outermost: MiddlewareHandler[]
): Hono {
  const app = new Hono()
  app.onError(failures(log, (c, failure) => clientResponse(c, errors[failure], usual)))
  for (const path of paths) app.use(path, ...outermost, hosts(usual))
  return app
}

const errors: Readonly<Record<Failure, ClientError>> = {
  unavailable: {
    status: 503,
    code: 'temporarily_unavailable',
    description: 'Not available right now; try again later.',
  },
  failed: { status: 500, code: 'server_error', description: 'The error is on our side, and it was logged.' },
}
