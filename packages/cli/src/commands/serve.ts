import process from 'node:process'
import { type Command, configOption, databaseOption, optional } from '../command.ts'
import { loadProvider } from '../provider.ts'
import { outliveReader } from '../runtime.ts'
import { environmentOf } from '../services.ts'
import { stopRequested } from '../stop-request.ts'

export const serve: Command = {
  name: 'serve',
  aliases: ['start'],
  summary: 'Run the provider until Ctrl-C or SIGTERM',
  options: [
    { flags: '--host HOST', summary: 'The address to listen on (default: HOST, or 127.0.0.1)' },
    { flags: '--port PORT', summary: 'The port to listen on (default: PORT, or 5849)' },
    {
      flags: '--public-url URL',
      summary: 'Its public address: the scheme and host of the proxy in front (default: PUBLIC_URL)',
    },
    { flags: '--origin URL', summary: 'The same', hidden: true },
    databaseOption,
    configOption,
  ],
  examples: [
    'serve',
    'serve --port 8080 --database ./provider.sqlite',
    'serve --public-url https://oauth.example.com',
  ],
  notes: `All other settings come from the environment, or from a file of them; an option takes precedence over its variable.
See them all with: config check
The first start without a public URL makes a user and a client to try it with, and prints them once.`,
  async run(given) {
    const env = { ...environmentOf(given) }
    env['HOST'] = optional(given, 'host') ?? env['HOST']
    env['PORT'] = optional(given, 'port') ?? env['PORT']
    env['COUNTERSIGN_CONFIG'] = optional(given, 'config') ?? env['COUNTERSIGN_CONFIG']
    const publicUrl = optional(given, 'public-url') ?? optional(given, 'origin')
    if (publicUrl !== undefined) Object.assign(env, { PUBLIC_URL: publicUrl, ORIGIN: '' })
    const { createProvider, isLoopback, settingsFromEnv } = await loadProvider()
    const { createDemonstration } = await import('../demonstration.ts')
    const { greeting } = await import('../greeting.ts')
    const settings = settingsFromEnv(env)
    const provider = await createProvider(settings)
    // A provider with a public origin must not have an account that everyone who reads the log can use.
    const demonstration =
      settings.origin === undefined
        ? await createDemonstration(provider.services.db, isLoopback(settings.host))
        : undefined
    // Before it announces that it runs, because a signal may come at once.
    const stopping = stopRequested()
    outliveReader()
    process.stdout.write(greeting(settings, provider, demonstration))
    // Without TLS files a hangup ends the process, as usual.
    if (settings.tlsCertificateFile !== undefined) process.on('SIGHUP', provider.reload)
    await stopping
    await provider.close()
    // At once: while Node shuts down on its own it handles no signal, and the copy of Ctrl-C from npm would kill it.
    process.exit(0)
  },
}
