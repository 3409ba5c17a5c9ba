import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { z } from 'zod'
import { publicOrigin } from './public-origin.ts'
import { scopeName } from './scopes.ts'

/** A database that is gone when its process ends. */
export const inMemory = ':memory:'

/** The file as an absolute path. */
export function databasePath(file: string): string {
  return file === inMemory ? file : resolve(file)
}

/** Whether only this machine can reach the address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

const hostName = z
  .string()
  .regex(/^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/, 'must be host names, such as provider.internal')

/** What each setting must be, wherever it comes from. */
export const checks = {
  port: z.number('must be a port number').int().min(0).max(65_535),
  host: z.string().min(1),
  origin: z.string().transform((given, context) => {
    const { origin, fault } = publicOrigin(given)
    if (origin !== undefined) return origin
    const message = `must be a scheme and a host, such as https://oauth.example.com, and perhaps a path such as /oauth-server; in ${JSON.stringify(given.slice(0, 200))} ${fault}`
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  }),
  allowedHosts: z.array(hostName),
  // Not Forwarded (RFC 7239), whose elements are more than an address.
  clientAddressHeader: z
    .string()
    .regex(
      /^(?!forwarded$)[a-z0-9_-]+$/i,
      'must be the name of a header that holds bare addresses, such as x-forwarded-for',
    ),
  database: z.string().min(1).transform(databasePath),
  synchronous: z.enum(['full', 'normal']),
  requestTimeoutSeconds: z.number('must be a number of seconds').min(1).max(3600),
  maxConnections: z.number('must be a number of connections').int().min(1).max(1_000_000),
  scopes: z
    .record(
      z.string().regex(scopeName, 'must be names without spaces, such as photos:read'),
      z.string().min(1, 'has no sentence: write what it lets an application do').max(200),
    )
    .refine((given) => Object.keys(given).length <= 100, 'must be at most 100'),
  xAuth: z.boolean(),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
} as const
