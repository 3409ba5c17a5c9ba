import { type Context, Hono, type MiddlewareHandler } from 'hono'
import type { Logger } from 'pino'
import { type ClientError, type ClientForm, clientResponse } from './client-response.ts'
import { type Failure, failures } from './failure.ts'
import type { HostCheck } from './host-check.ts'

/** What every app of the site shares. */
export interface Site {
  readonly hosts: HostCheck
  readonly log: Logger
  /** The public one, where it is set. */
  readonly origin: string | undefined
}

/** The origin that clients and people reach this site at. */
export function originOf(c: Context, { origin }: Pick<Site, 'origin'>): string {
  return origin ?? new URL(c.req.url).origin
}

/**
 * An app for programs, without routes yet: what its routes throw is told in one form.
 *
 * @param paths - Where its routes are: nothing else of the site is there.
 * @param outermost - Middleware that sees the refusals too.
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
