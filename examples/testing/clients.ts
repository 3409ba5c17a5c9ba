import { TestClient } from 'countersign/testing'
import { server } from './app.ts'

export const client = new TestClient({ clientId: 'demo', clientSecret: 'demo-secret' })

const issued = await server.issueToken({ clientId: 'demo', userId: 'ada', scope: 'notes:write' })
export const ada = client.withToken(issued)
