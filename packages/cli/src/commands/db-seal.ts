import { type Command, databaseOptions, yesOption } from '../command.ts'
import { confirm } from '../confirmation.ts'
import { print } from '../output.ts'
import { loadProvider, recordAudit } from '../provider.ts'
import { Refusal } from '../refusal.ts'
import { withServices } from '../services.ts'

export const dbSeal: Command = {
  name: 'db seal',
  summary: 'Seal the stored secrets with the first of SEALING_KEYS',
  options: [
    { flags: '--remove', summary: 'Open all of them instead: they are stored in plain text' },
    yesOption,
    ...databaseOptions,
  ],
  examples: ['db seal', 'db seal --json'],
  notes: `Run it once after SEALING_KEYS was set, and after another key was put first in it. The provider may run meanwhile, if every
process was restarted with the same keys: one without the new key cannot open secrets sealed with it. If it is interrupted, run
it again. Stop the provider before --remove, and unset the keys after it. Earlier backups still hold the secrets as they were.`,
  run: (given) =>
    withServices(given, async (services) => {
      const { db, settings } = services
      const { sealStoredSecrets, vacuumFile } = await loadProvider()
      const remove = given['remove'] === true
      if (settings.sealingKeys === undefined)
        throw new Refusal(
          'no_key',
          'There is no key to seal with. Make one with "openssl rand -base64 32", set SEALING_KEYS to it, and keep it apart from the backups.',
        )
      if (remove)
        await confirm(
          given,
          'Every secret will be stored in plain text, in the database and in its backups: anyone who reads them can use them.',
        )
      const report = await sealStoredSecrets(db, { remove })
      if (!remove) await vacuumFile(db, settings.database)
      const { clients, tokens } = report
      await recordAudit(services, {
        action: 'database.sealed',
        subject: { kind: 'database' },
        details: { clients, tokens, remove },
      })
      const word = remove ? 'opened' : 'sealed'
      print(given, report, [
        `${report.clients} secrets of clients and ${report.tokens} of tokens ${word}.`,
        ...(report.unreadable === 0
          ? []
          : [
              `${report.unreadable} do not open: they were changed, or belong to another row. Replace the secrets of their clients, or revoke the tokens.`,
            ]),
      ])
    }),
}
