import { type Command, databaseOptions, nameArgument, required } from '../command.ts'
import { print } from '../output.ts'
import { changePassword, findAccount, recordAudit } from '../provider.ts'
import { unknownUser } from '../refusal.ts'
import { password, promptedSecret, secretOptions } from '../secret.ts'
import { withServices } from '../services.ts'

export const userPasswd: Command = {
  name: 'user passwd',
  aliases: ['user rotate', 'user password'],
  summary: 'Set a new password for a user and end their sessions',
  argument: nameArgument,
  options: [...secretOptions(password), ...databaseOptions],
  examples: ['user passwd anna', 'user passwd anna --password-stdin < password.txt'],
  async run(given) {
    const name = required(given, 'name')
    const text = await promptedSecret(given, password)
    await withServices(given, async (services) => {
      if (!(await findAccount(services.db, name))) throw unknownUser(name)
      const user = await changePassword(services.db, name, text)
      await recordAudit(services, { action: 'user.password-changed', subject: { kind: 'user', id: user.id } })
      print(given, user, [`User ${user.name} has a new password.`])
    })
  },
}
