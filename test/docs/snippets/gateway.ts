import { createGateway } from '@countersign/provider/gateway'

const gateway = await createGateway({
  database: ':memory:',
  clients: [{ key: 'album', secret: 'album-secret' }],
  gateway: { upstream: 'http://127.0.0.1:9000', port: 0, adminPort: 0 },
})
// … clients call gateway.address …
await gateway.close()
