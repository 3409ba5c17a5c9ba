import process from 'node:process'
import { type Command, databaseOption, optional } from '../command.ts'
import { loadProvider } from '../provider.ts'
import { stopRequested } from '../stop-request.ts'

export const start: Command = {
  name: 'start',
  summary: 'Run the provider',
  options: [{ flags: '--port PORT', summary: 'The port to listen on' }, databaseOption],
  async run(given) {
    const env = { ...process.env }
    env['PORT'] = optional(given, 'port') ?? env['PORT']
    env['COUNTERSIGN_DATABASE'] = optional(given, 'database') ?? env['COUNTERSIGN_DATABASE']
    const { createProvider, settingsFromEnv } = await loadProvider()
    const { createDemonstration } = await import('../demonstration.ts')
    const { greeting } = await import('../greeting.ts')
    const settings = settingsFromEnv(env)
    const provider = await createProvider(settings)
    // Behind a public origin no one needs an account that everyone who reads the log can use.
    const demonstration =
      settings.origin === undefined ? await createDemonstration(provider.services.db) : undefined
    // Before anyone can read that it runs: a signal may come at once.
    const stopping = stopRequested()
    process.stdout.write(greeting(settings, provider.address, demonstration))
    await stopping
    await provider.close()
    // At once: while Node winds down by itself it hears no signal, and the copy of Ctrl-C that npm passes on would kill it.
    process.exit(0)
  },
}
