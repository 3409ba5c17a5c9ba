import { modeOf, modeOption } from '../client-mode.ts'
import { type Command, databaseOptions, required } from '../command.ts'
import { print } from '../output.ts'
import { type ClientMode, InputError, setClientMode } from '../provider.ts'
import { withServices } from '../services.ts'

export const clientMode: Command = {
  name: 'client mode',
  summary: 'Switch a client between development and live',
  options: [
    { flags: '--key KEY', summary: 'The key of the client', required: true },
    { ...modeOption, required: true },
    ...databaseOptions,
  ],
  async run(given) {
    const clientId = required(given, 'key')
    const mode = modeOf(given) as ClientMode
    await withServices(given, async ({ db }) => {
      if (!(await setClientMode(db, clientId, mode)))
        throw new InputError('key', `No client has the key ${clientId}.`)
      print(given, { clientId, mode }, [`Client ${clientId}: ${mode}.`])
    })
  },
}
