import { type Command, databaseOptions, required } from '../command.ts'
import { print } from '../output.ts'
import { createAccount } from '../provider.ts'
import { password, promptedSecret, secretOptions } from '../secret.ts'
import { withServices } from '../services.ts'

export const userAdd: Command = {
  name: 'user add',
  summary: 'Add a user (asks for the password)',
  options: [
    { flags: '--name NAME', summary: 'The user name', required: true },
    ...secretOptions(password),
    ...databaseOptions,
  ],
  async run(given) {
    const name = required(given, 'name')
    const text = await promptedSecret(given, password)
    await withServices(
      given,
      async ({ db }) => {
        const user = await createAccount(db, name, text)
        print(given, user, [`User ${user.name} added (id ${user.id}).`])
      },
      { create: true },
    )
  },
}
