import { type Command, databaseOptions, nameArgument, required, UsageError } from '../command.ts'
import { print } from '../output.ts'
import { accountDetails, findAccount, recordAudit, reinstateUser, setRole, suspendUser } from '../provider.ts'
import { unknownUser } from '../refusal.ts'
import { withServices } from '../services.ts'

export const userSet: Command = {
  name: 'user set',
  aliases: ['user edit', 'user update'],
  summary: 'Make a user an administrator, or suspend one',
  argument: nameArgument,
  options: [
    { flags: '--admin', summary: 'Make an administrator, who manages all users and clients' },
    { flags: '--no-admin', summary: 'No administrator any more' },
    { flags: '--suspend', summary: 'No sign-in, and their tokens stop working' },
    { flags: '--reinstate', summary: 'End the suspension: everything works as before' },
    ...databaseOptions,
  ],
  notes: 'The last active administrator stays one. A new password: user passwd.',
  examples: ['user set anna --admin', 'user set anna --suspend'],
  async run(given) {
    const name = required(given, 'name')
    for (const [one, other] of [
      ['admin', 'no-admin'],
      ['suspend', 'reinstate'],
    ] as const) {
      if (given[one] === true && given[other] === true)
        throw new UsageError(`Use --${one} or --${other}, not both.`)
    }
    const role = given['admin'] === true ? 'admin' : given['no-admin'] === true ? 'user' : undefined
    const [suspends, reinstates] = [given['suspend'] === true, given['reinstate'] === true]
    if (role === undefined && !suspends && !reinstates)
      throw new UsageError('Nothing to change: use --admin, --no-admin, --suspend or --reinstate.')
    await withServices(given, async (services) => {
      const { db } = services
      const user = await findAccount(db, name)
      if (user === undefined) throw unknownUser(name)
      const subject = { kind: 'user', id: user.id } as const
      if (role !== undefined && (await setRole(db, user.id, role)))
        await recordAudit(services, { action: 'user.role-changed', subject, details: { role } })
      if (suspends && (await suspendUser(services, user.id)))
        await recordAudit(services, { action: 'user.suspended', subject })
      if (reinstates && (await reinstateUser(db, user.id)))
        await recordAudit(services, { action: 'user.reinstated', subject })
      print(given, await accountDetails(db, name), [`User ${user.name} changed.`])
    })
  },
}
