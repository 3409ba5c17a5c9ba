// The gateway, configured by its environment.
import { createAccount, issueToken, registerClient } from '@countersign/provider'
import { createGateway, gatewaySettingsFromEnv } from '@countersign/provider/gateway'
import { serveParent } from './parent.ts'

const { services, address } = await createGateway(gatewaySettingsFromEnv(process.env))
await serveParent(address, async () => {
  if (services === undefined) throw new Error('With credentials files there is nothing to set up.')
  const { id } = await createAccount(services.db, 'anna', 'correct horse battery')
  const callbacks = ['https://album.example/cb']
  const { clientId, clientSecret } = await registerClient(services.db, { name: 'Album', callbacks })
  const token = await issueToken(services, clientId, id)
  return { client: { clientId, clientSecret }, token }
})
