import { AuthorizationServer, ResourceProtector } from 'countersign'
import { currentCredential, requireOAuth } from 'countersign/express'
import { memoryHooks } from 'countersign/memory'
import express from 'express'

const hooks = memoryHooks({ clients: [{ clientId: 'demo', clientSecret: 'demo-secret' }] })
export const server = new AuthorizationServer({ hooks })
const protector = new ResourceProtector({ hooks })

export const app = express()
app.get('/api/me', requireOAuth(protector), (req, res) => res.json({ userId: currentCredential(req).userId }))
