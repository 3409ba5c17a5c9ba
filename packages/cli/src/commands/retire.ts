import { type Command, databaseOptions, optional, UsageError } from '../command.ts'
import { minute, print, table } from '../output.ts'
import { dryRun } from '../provider.ts'
import { planOf, retirementArgument } from '../retirement-plan.ts'
import { withServices } from '../services.ts'
import { daysOf } from './usage.ts'

type Result = Awaited<ReturnType<typeof dryRun>>

export const retire: Command = {
  name: 'retire',
  summary: 'Say who would have been refused in the last days by a file of rules',
  argument: retirementArgument,
  options: [
    { flags: '--dry-run', summary: 'Required: refuse nothing and change nothing' },
    { flags: '--days NUMBER', summary: 'How many days (default: 30)' },
    ...databaseOptions,
  ],
  notes: `The provider and the gateway retire what RETIREMENT_FILE names, and read it when they start. This command changes
nothing. Accepted requests to protected resources are counted, as if all rules had come to their end. The exit
status is 1 if the file has faults.`,
  examples: ['retire --dry-run retirement.json', 'retire --dry-run retirement.json --days 90 --json'],
  async run(given) {
    if (given['dry-run'] !== true)
      throw new UsageError(
        'Add --dry-run. To retire permanently, set RETIREMENT_FILE and restart the provider.',
      )
    const days = daysOf(optional(given, 'days') ?? '30', '--days')
    const plan = await planOf(given)
    await withServices(given, async ({ db }) => {
      const result = await dryRun(db, plan, { days })
      print(given, result, lines(result))
    })
  },
}

function lines({ rules, refused, days, guide }: Result): string[] {
  const ruleRows = rules.map(({ name, announcedAt, endsAt, nextWindows: [first] }) => [
    ...[name, minute(announcedAt), minute(endsAt), first === undefined ? '-' : windowText(first)],
  ])
  const usageRows = refused.map((one) => [
    ...[one.clientId, one.name, one.signatureMethod || '-', String(one.requests), String(one.perDay)],
    ...[minute(one.lastAt), minute(one.endsAt)],
  ])
  const headings = ['CLIENT', 'NAME', 'METHOD', 'REQUESTS', 'A DAY', 'LAST (UTC)', 'ENDS (UTC)']
  return [
    ...table([['RULE', 'ANNOUNCED (UTC)', 'ENDS (UTC)', 'NEXT BROWNOUT (UTC)'], ...ruleRows]),
    ...rules.filter(({ isClientUnknown }) => isClientUnknown).map(({ name }) => `There is no ${name}.`),
    `Guide: ${guide}`,
    '',
    ...(refused.length === 0
      ? [`No request of the last ${days} days would have been refused.`]
      : table([headings, ...usageRows])),
  ]
}

function windowText({ from, to }: Result['rules'][number]['nextWindows'][number]): string {
  return `${minute(from)} to ${minute(to)}`
}
