import process from 'node:process'
import { createDemonstration } from '../demonstration.ts'
import { greeting } from '../greeting.ts'
import { startProvider } from '../provider.ts'
import { settingsFromEnv } from '../settings/settings.ts'
import { stopRequested } from '../stop-request.ts'
import { createLog } from '../telemetry/log.ts'
import { type Command, optional } from './command.ts'

export const startCommand: Command = {
  summary: 'Run the provider',
  usage: '[--port PORT] [--database FILE]',
  options: { port: { type: 'string' }, database: { type: 'string' } },
  async run(given) {
    const env = { ...process.env }
    env['PORT'] = optional(given, 'port') ?? env['PORT']
    env['COUNTERSIGN_DATABASE'] = optional(given, 'database') ?? env['COUNTERSIGN_DATABASE']
    const settings = settingsFromEnv(env)
    const log = createLog(settings.logLevel)
    const provider = await startProvider(settings, log)
    // Behind a public origin nobody needs an account that everyone who reads the log can use.
    const demonstration = settings.origin === undefined ? await createDemonstration(provider.db) : undefined
    process.stdout.write(greeting(settings, provider.address, demonstration))
    await stopRequested()
    await provider.close()
  },
}
