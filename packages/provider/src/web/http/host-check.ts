import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import type { Context, MiddlewareHandler } from 'hono'
import type { Logger } from 'pino'
import { isLoopback } from '../../settings/checks.ts'
import { type ClientForm, clientResponse } from './client-response.ts'

/** The hosts that a request may name. */
export interface HostSettings {
  /** The address that this process listens on. */
  readonly host: string
  /** The public origin: if set, the host of a request is ignored. */
  readonly origin: string | undefined
  /** Further hosts, with a port or for every port. */
  readonly allowedHosts: readonly string[]
}

/** Refuses unknown hosts, in the form that the app writes its errors in. */
export type HostCheck = (usual: ClientForm) => MiddlewareHandler

/**
 * Without a public origin, the host that a request names is trusted, so it may only name hosts that cannot belong to
 * anyone else. Otherwise, a page of `evil.example`, whose name resolves to this machine (DNS rebinding), would have our
 * own origin, and requests signed for another host would be valid here.
 */
export function hostCheck(settings: HostSettings, log: Logger): HostCheck {
  const warn = warnings(log)
  return (usual) => async (c, next) => {
    if (settings.origin !== undefined) return next()
    const { incoming } = c.env as { incoming: IncomingMessage }
    const port = incoming.socket.localPort
    const stranger = hostsOf(incoming).find((host) => !isKnown(host, port, settings))
    if (stranger === undefined) {
      warn.ofProxy(c)
      return next()
    }
    warn.ofHost(stranger)
    return clientResponse(c, unknownHost, usual)
  }
}

const unknownHost = {
  status: 421,
  code: 'unknown_host',
  description:
    'This provider does not know the host that the request names. Use the address that it printed when it started, or set PUBLIC_URL to its public address, or ALLOWED_HOSTS to further host names.',
} as const

/** The `Host` header, and the host of an absolute-form target. */
function hostsOf({ headers, url = '' }: IncomingMessage): string[] {
  const target = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(url)?.[1]
  return [headers.host ?? '', ...(target === undefined ? [] : [target])].map((host) => host.toLowerCase())
}

/** @param port - The port that received the request. */
export function isKnown(
  authority: string,
  port: number | undefined,
  { host, allowedHosts }: HostSettings,
): boolean {
  const [, name, ownPort = '80'] = /^(\[[\da-f:.]+\]|[^:[\]@]+)(?::(\d{1,5}))?$/.exec(authority) ?? []
  if (name === undefined) return false
  if (allowedHosts.includes(authority) || allowedHosts.includes(name)) return true
  // The port of another address may be mapped, as in containers; this machine's own port is fixed.
  if (isLoopback(host) && Number(ownPort) !== port) return false
  const bare = name.replace(/^\[|\]$/g, '')
  if (bare === 'localhost' || bare.endsWith('.localhost') || bare === host.toLowerCase()) return true
  // An IP address cannot be redirected; only a name can.
  return isLoopback(host) ? isLoopback(bare) : isIP(bare) !== 0
}

const quietMilliseconds = 3_600_000
const maxLogged = 255

/** Tells the operator what to set, once an hour: a sender of such requests must not fill the log. */
function warnings(log: Logger) {
  const last = new Map<string, number>()
  const isDue = (kind: string): boolean => {
    const now = performance.now()
    const isQuiet = now - (last.get(kind) ?? Number.NEGATIVE_INFINITY) < quietMilliseconds
    if (!isQuiet) last.set(kind, now)
    return !isQuiet
  }
  return {
    ofHost(host: string) {
      if (!isDue('host')) return
      const hint =
        'a request for an unknown host was refused; if it is the public name of this provider, set PUBLIC_URL to its scheme and host, else add it to ALLOWED_HOSTS'
      log.warn({ host: host.slice(0, maxLogged) }, hint)
    },
    ofProxy(c: Context) {
      const header = ['forwarded', 'x-forwarded-proto', 'x-forwarded-host', 'x-forwarded-for'].find(
        (name) => c.req.header(name) !== undefined,
      )
      if (header === undefined || !isDue('proxy')) return
      const checkedAgainst = new URL(c.req.url).origin
      const hint =
        'a proxy is in front, but PUBLIC_URL is not set: signatures are checked against the scheme and host that this process sees, which are not those that clients sign; set PUBLIC_URL to the public address'
      log.warn({ header, value: c.req.header(header)?.slice(0, maxLogged), checkedAgainst }, hint)
    },
  }
}
