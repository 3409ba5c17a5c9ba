import { type Command, databaseOptions, required } from '../command.ts'
import { print } from '../output.ts'
import { changePassword } from '../provider.ts'
import { password, promptedSecret, secretOptions } from '../secret.ts'
import { withServices } from '../services.ts'

export const userPasswd: Command = {
  name: 'user passwd',
  summary: 'Set a new password for a user and end their sessions',
  options: [
    { flags: '--name NAME', summary: 'The user name', required: true },
    ...secretOptions(password),
    ...databaseOptions,
  ],
  async run(given) {
    const name = required(given, 'name')
    const text = await promptedSecret(given, password)
    await withServices(given, async ({ db }) => {
      const user = await changePassword(db, name, text)
      print(given, user, [`User ${user.name} has a new password.`])
    })
  },
}
