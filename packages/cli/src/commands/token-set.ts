import { type Command, databaseOptions, listed, required, UsageError } from '../command.ts'
import { print } from '../output.ts'
import { changeToken, findToken, recordAudit } from '../provider.ts'
import { unknownToken } from '../refusal.ts'
import { withServices } from '../services.ts'
import { lifetimeOf, lifetimeOption, scopeOption, tokenArgument } from '../token-argument.ts'

export const tokenSet: Command = {
  name: 'token set',
  summary: 'Change the scopes or lifetime of a token',
  argument: { ...tokenArgument, required: true },
  options: [
    { ...scopeOption, summary: 'A scope; replaces all current ones' },
    { flags: '--without-scope', summary: 'No scope' },
    lifetimeOption,
    ...databaseOptions,
  ],
  examples: ['token set TOKEN --lifetime 3600', 'token set TOKEN --without-scope'],
  async run(given) {
    const oauthToken = required(given, 'token')
    const scopes = listed(given, 'scope')
    const withoutScope = given['without-scope'] === true
    if (scopes.length > 0 && withoutScope) throw new UsageError('Use --scope or --without-scope, not both.')
    const scope = scopes.length > 0 || withoutScope ? scopes.join(' ') : undefined
    const lifetimeSeconds = lifetimeOf(given)
    if (scope === undefined && lifetimeSeconds === undefined)
      throw new UsageError('Nothing to change: use --scope, --without-scope or --lifetime.')
    await withServices(
      given,
      async (services) => {
        if (!(await changeToken(services, oauthToken, { scope, lifetimeSeconds }))) throw unknownToken()
        const token = await findToken(services, oauthToken)
        await recordAudit(services, {
          action: 'token.changed',
          subject: { kind: 'client', id: token?.clientId },
          details: { user: token?.userName, scope, lifetimeSeconds },
        })
        print(given, token, ['Token changed.'])
      },
      { asStarted: true },
    )
  },
}
