import { readFileSync } from 'node:fs'
import { builtInSignatureMethods, ConfigurationError } from 'countersign'
import { z } from 'zod'
import { hasNoUser, userFault } from '../settings/checks.ts'
import { faultLines, objectFault } from '../settings/file-faults.ts'
import type { LibraryOptions } from '../settings/settings.ts'
import { reasonOf } from '../settings/settings-file.ts'
import type { Brownout, Retired, RetirementPlan, RetirementRule } from './retirement-plan.ts'

const spans = { hour: 3_600, day: 24 * 3_600, week: 7 * 24 * 3_600 } as const

/** Anything longer is not a brownout, but the end. */
const mostMinutes = 30 * 24 * 60

const time = z.string(timeFault()).transform((text, context) => {
  const seconds = secondsOf(text)
  if (seconds === undefined) context.addIssue(timeFault())
  return seconds ?? 0
})

const brownout = z
  .strictObject(
    {
      from: time,
      minutes: z
        .int('must be a whole number of minutes')
        .min(1, 'must be at least 1')
        .max(mostMinutes, `must be at most ${mostMinutes}, which is 30 days`),
      every: z.enum(['hour', 'day', 'week'], 'must be hour, day or week; leave it out for once').optional(),
    },
    { error: objectFault('{ "from": "2027-03-01T10:00Z", "minutes": 15, "every": "week" }') },
  )
  .refine(({ minutes, every }) => every === undefined || minutes * 60 < spans[every], {
    path: ['minutes'],
    error: 'must be shorter than the interval at which it repeats',
  })

const rule = z
  .strictObject(
    {
      method: z.string('must be a signature method, such as "HMAC-SHA1"').optional(),
      client: z.string('must be the key of a client').min(1, 'must be the key of a client').optional(),
      all: z.literal(true, 'must be true; leave it out otherwise').optional(),
      announced: time,
      ends: time,
      brownouts: z.array(brownout, 'must be a list').default([]),
    },
    { error: objectFault('{ "method": "HMAC-SHA1", "announced": "2026-12-01", "ends": "2027-06-01" }') },
  )
  .superRefine(({ method, client, all, announced, ends, brownouts }, context) => {
    if ([method, client, all].filter((given) => given !== undefined).length !== 1)
      context.addIssue('must have exactly one of method, client or all')
    if (announced >= ends) context.addIssue('must end after it was announced')
    for (const [index, { from }] of brownouts.entries())
      if (from < announced || from >= ends)
        context.addIssue({
          code: 'custom',
          path: ['brownouts', index, 'from'],
          message: 'must be between announced and ends',
        })
  })

const file = z.strictObject(
  {
    guide: z
      .url({
        protocol: /^https?$/,
        error: 'must be the http(s) address of a page for developers',
        abort: true,
      })
      .refine(hasNoUser, userFault)
      .refine((url) => /^[\x21-\x7e]+$/.test(url) && !/[<>"\\]/.test(url), {
        error: 'must be ASCII, percent-encoded, because it is sent in a header',
      }),
    rules: z.array(rule, 'must be a list of rules').min(1, 'must have a rule'),
  },
  {
    error: objectFault(
      '{ "guide": "https://…", "rules": [{ "all": true, "announced": "2026-12-01", "ends": "2027-06-01" }] }',
    ),
  },
)

/**
 * Reads the file with the retirement plan.
 *
 * @param name - The name that the operator gave.
 * @param options - For the operator's own signature methods.
 * @throws ConfigurationError with one line for each fault.
 */
export function readRetirement(
  name: string,
  { signatureMethods = {} }: Pick<LibraryOptions, 'signatureMethods'> = {},
): RetirementPlan {
  const { success, data, error } = file.safeParse(parsed(name))
  if (!success) throw new ConfigurationError(faultLines(name, error).join('\n'))
  const known = Object.keys({ ...builtInSignatureMethods, ...signatureMethods })
  const faults = data.rules.flatMap(({ method }, index) =>
    method === undefined || known.includes(method)
      ? []
      : [`${name}: rules[${index}].method: there is no ${method}, only ${known.join(', ')}.`],
  )
  if (faults.length > 0) throw new ConfigurationError(faults.join('\n'))
  return { guide: data.guide, rules: data.rules.map(ruleOf) }
}

function ruleOf(given: z.output<typeof rule>): RetirementRule {
  return {
    retired: retiredOf(given),
    announcedAt: given.announced,
    endsAt: given.ends,
    brownouts: given.brownouts.map(brownoutOf),
  }
}

function retiredOf({ method, client }: z.output<typeof rule>): Retired {
  if (method !== undefined) return { kind: 'method', method }
  return client === undefined ? { kind: 'all' } : { kind: 'client', clientId: client }
}

function brownoutOf({ from, minutes, every }: z.output<typeof brownout>): Brownout {
  return { from, seconds: minutes * 60, everySeconds: every === undefined ? undefined : spans[every] }
}

function parsed(name: string): unknown {
  try {
    return JSON.parse(readFileSync(name, 'utf8'))
  } catch (error) {
    const reason = error instanceof SyntaxError ? `is not JSON: ${error.message}` : reasonOf(error)
    throw new ConfigurationError(`RETIREMENT_FILE: the file ${name} ${reason}.`)
  }
}

function timeFault(): string {
  return 'must be a day such as "2027-06-01", or a time in UTC such as "2027-06-01T10:00Z"'
}

/** Undefined for anything other than a time, and for a day that no calendar has. */
function secondsOf(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?Z)?$/.test(text)) return undefined
  const date = new Date(text)
  if (Number.isNaN(date.getTime()) || !date.toISOString().startsWith(text.replace(/Z$/, ''))) return undefined
  return date.getTime() / 1000
}
