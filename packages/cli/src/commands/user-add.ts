import { type Command, databaseOptions, nameArgument, required } from '../command.ts'
import { print } from '../output.ts'
import { createAccount, recordAudit, setRole } from '../provider.ts'
import { password, promptedSecret, secretOptions } from '../secret.ts'
import { withServices } from '../services.ts'

export const userAdd: Command = {
  name: 'user add',
  summary: 'Add a user (asks for the password)',
  argument: nameArgument,
  options: [
    { flags: '--admin', summary: 'Make an administrator, who manages all users and clients' },
    ...secretOptions(password),
    ...databaseOptions,
  ],
  examples: ['user add anna', 'user add olga --admin --password-file password.txt'],
  async run(given) {
    const name = required(given, 'name')
    const text = await promptedSecret(given, password)
    await withServices(
      given,
      async (services) => {
        const user = await createAccount(services.db, name, text)
        await recordAudit(services, { action: 'user.added', subject: { kind: 'user', id: user.id } })
        if (given['admin'] === true) {
          await setRole(services.db, user.id, 'admin')
          const subject = { kind: 'user', id: user.id } as const
          await recordAudit(services, { action: 'user.role-changed', subject, details: { role: 'admin' } })
        }
        print(given, user, [`User ${user.name} added (id ${user.id}).`])
      },
      { create: true },
    )
  },
}
