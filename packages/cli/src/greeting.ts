import { isLoopback, type Provider, type ProviderSettings, shownDatabase } from '@countersign/provider'
import { type Demonstration, demonstrationUser } from './demonstration.ts'
import { program } from './program.ts'
import { shellWord } from './provider.ts'

/**
 * The output at the start: the provider's address, its settings and, on the first start, credentials to try it with.
 */
export function greeting(
  settings: ProviderSettings,
  { address, metricsAddress }: Pick<Provider, 'address' | 'metricsAddress'>,
  demonstration: Demonstration | 'made before' | undefined,
): string {
  const { supportedSignatureMethods, insecureTransport, distinctErrors } = settings.options
  const url = settings.origin ?? address
  const lines = [
    `Countersign runs at ${url}${settings.origin ? ` (listening on ${address})` : ''}`,
    '',
    `  Data       ${shownDatabase(settings.database)}`,
    `  Methods    ${supportedSignatureMethods.join(' ')}`,
    `  Transport  ${transport(insecureTransport, settings)}`,
  ]
  if (metricsAddress !== undefined) lines.push(`  Metrics    ${metricsAddress}/metrics`)
  if (
    settings.origin !== undefined &&
    settings.clientAddressHeader === undefined &&
    settings.tlsCertificateFile === undefined
  ) {
    lines.push(
      '  Visitors   cannot be told apart: set CLIENT_ADDRESS_HEADER to the header with their address',
    )
  }
  if (settings.xAuth)
    lines.push('  xAuth      clients whose policy has xAuth may send the passwords of users: dangerous')
  if (distinctErrors) lines.push('  Errors     tell unknown clients and tokens apart: for development only')
  lines.push('', `  ${url}/oauth/initiate   temporary credentials`, `  ${url}/oauth/authorize  authorization`)
  lines.push(
    `  ${url}/oauth/token      token credentials`,
    `  ${url}/oauth/revoke     the end of a token`,
    `  ${url}/oauth/renew      a token that went unused is valid again`,
    `  ${url}/api/me           the user of a token`,
    `  ${url}/playground       the flow in your browser, request by request`,
  )
  if (demonstration === 'made before') lines.push('', ...nextSteps(settings, url))
  else if (demonstration) lines.push('', ...firstSteps(settings, url, demonstration))
  return `${lines.join('\n')}\n`
}

function transport(insecure: boolean, { host, origin }: ProviderSettings): string {
  if (!insecure) {
    const demand = 'https is required where secrets travel'
    return origin?.startsWith('https:') ? demand : `${demand}: set PUBLIC_URL to the public https address`
  }
  return isLoopback(host) && origin === undefined
    ? 'plain HTTP is accepted, because only this machine reaches this address'
    : 'PLAIN HTTP IS ACCEPTED everywhere (OAUTH1_INSECURE_TRANSPORT)'
}

function firstSteps(settings: ProviderSettings, url: string, demonstration: Demonstration): string[] {
  const { userName, password, client } = demonstration
  const { clientId, clientSecret } = client
  return [
    'A first user and a first client were created. This is shown only once:',
    '',
    `  User name      ${userName}`,
    `  Password       ${password}`,
    `  Client key     ${clientId}`,
    `  Client secret  ${clientSecret}`,
    '',
    ...(obstacle(settings) ?? [
      'To go through the whole flow, paste this into a second terminal:',
      '',
      `  ${program} try --url ${visitable(url)} --key ${clientId}`,
      '',
      'It asks for the client secret.',
    ]),
  ]
}

/** How to get a new password and secret, because the first ones are no longer on the screen. */
function nextSteps(settings: ProviderSettings, url: string): string[] {
  // A password in the address is not printed: the commands find it where the provider did.
  const shown = shownDatabase(settings.database)
  const database = shown === settings.database ? ` --database ${shellWord(shown)}` : ''
  const lines = [
    `The password of the user ${demonstrationUser} and the secret of the first client were shown only at the first start.`,
    'To set another password:',
    '',
    `  ${program} user passwd ${demonstrationUser}${database}`,
    '',
    'To get another client, with its key and secret:',
    '',
    `  ${program} client add Another --user ${demonstrationUser}${database}`,
  ]
  if (obstacle(settings)) return lines
  return [
    ...lines,
    '',
    'To go through the whole flow with it:',
    '',
    `  ${program} try --url ${visitable(url)} --key KEY`,
  ]
}

/** Why the command would be refused, and what to do; undefined if it works. */
function obstacle({ host, options }: ProviderSettings): string[] | undefined {
  if (!options.insecureTransport) {
    return [
      'The flow works only over https here, and this address is not https. Keep these lines, and start again with:',
      '',
      '  PUBLIC_URL=https://...  the address of a proxy in front, which speaks https to the world',
      ...(isLoopback(host) ? [] : ['  HOST=127.0.0.1          or this, to try it on this machine alone']),
      '',
      'Then go through the flow. This says how:',
      '',
      `  ${program} try --help`,
    ]
  }
  if (options.supportedSignatureMethods.includes('HMAC-SHA1')) return undefined
  return ['The command try does not work here: it signs with HMAC-SHA1, which is not accepted here.']
}

/** One cannot visit the address that stands for all interfaces. */
function visitable(url: string): string {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:')
}
