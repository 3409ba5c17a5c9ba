import { type Command, databaseOptions, type Invocation, optional } from '../command.ts'
import { minute, print } from '../output.ts'
import { createInvitation, InputError, loadProvider, recordAudit } from '../provider.ts'
import { environmentOf, withServices } from '../services.ts'

export const userInvite: Command = {
  name: 'user invite',
  summary: 'Create an invitation for one person to sign up',
  argument: { name: 'NOTE', summary: 'Who it is for; only you see it' },
  options: [
    { flags: '--lifetime SECONDS', summary: 'How long it is valid (default: seven days)' },
    ...databaseOptions,
  ],
  notes: 'It is needed if REGISTRATION is invited, and works once.',
  examples: ['user invite', 'user invite "Ada of Example Ltd" --lifetime 86400'],
  run: (given) =>
    withServices(
      given,
      async (services) => {
        const lifetimeSeconds = lifetimeOf(given)
        const note = optional(given, 'note')
        const invitation = await createInvitation(services.db, {
          ...(note !== undefined && { note }),
          ...(lifetimeSeconds !== undefined && { lifetimeSeconds }),
        })
        const subject = { kind: 'invitation', name: invitation.note } as const
        await recordAudit(services, { action: 'invitation.made', subject })
        const url = await signUpUrl(given, invitation.code)
        print(given, { ...invitation, url }, [
          'Invitation created. The code is shown only once.',
          `Code   ${invitation.code}`,
          `Until  ${minute(invitation.expiresAt)} UTC`,
          ...(url === undefined ? [] : [`Page   ${url}`]),
        ])
      },
      { create: true },
    ),
}

/** The address for the person to open; undefined if the public address is not known here. */
async function signUpUrl(given: Invocation, code: string): Promise<string | undefined> {
  const { settingsFromEnv } = await loadProvider()
  const { origin } = settingsFromEnv(environmentOf(given))
  return origin === undefined ? undefined : `${origin}/sign-up?invitation=${encodeURIComponent(code)}`
}

function lifetimeOf(given: Invocation): number | undefined {
  const text = optional(given, 'lifetime')
  if (text === undefined) return undefined
  if (/^\d{1,10}$/.test(text)) return Number(text)
  throw new InputError(
    'lifetime',
    `--lifetime must be a whole number of seconds; it is ${text.slice(0, 100)}.`,
  )
}
