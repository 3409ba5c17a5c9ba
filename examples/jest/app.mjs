import { ResourceProtector } from 'countersign'
import { requireOAuth } from 'countersign/express'
import { memoryHooks } from 'countersign/memory'
import express from 'express'

const protector = new ResourceProtector({ hooks: memoryHooks() })

export const app = express()
app.get('/api/me', requireOAuth(protector), (_req, res) => res.json({}))
