import { DatabaseSync } from 'node:sqlite'
import { AuthorizationServer, optionsFromEnv, ResourceProtector } from 'countersign'
import { currentCredential, endpoint, requireOAuth } from 'countersign/express'
import express from 'express'
import { authorize } from './consent.ts'
import { schema, sqliteHooks } from './hooks.ts'

const db = new DatabaseSync(process.env['DATABASE_FILE'] ?? 'example.db', { timeout: 5000 })
db.exec(`pragma journal_mode = wal; ${schema}`)
db.exec(`insert or ignore into client (id, secret, callbacks)
  values ('demo', 'demo-secret', 'http://localhost:8080/callback')`)
const hooks = sqliteHooks(db)
const server = new AuthorizationServer({ ...optionsFromEnv(), hooks })
const protector = new ResourceProtector({ ...optionsFromEnv(), hooks })

const app = express()
app.all(
  '/oauth/initiate',
  endpoint((request) => server.createTemporaryCredentialResponse(request)),
)
app.all(
  '/oauth/authorize',
  endpoint((request) => authorize(server, request)),
)
app.all(
  '/oauth/token',
  endpoint((request) => server.createTokenResponse(request)),
)

app.get('/api/me', requireOAuth(protector), (req, res) => {
  res.json({ userId: currentCredential(req).userId })
})
app.post('/api/notes', requireOAuth(protector), (req, res) => {
  res.status(201).json({ text: req.body.text, userId: currentCredential().userId })
})

setInterval(() => {
  for (const table of ['nonce', 'temporary'])
    db.exec(`delete from ${table} where expires_at < unixepoch() - 60`)
}, 60_000).unref()

app.listen(process.env['PORT'] ?? 3000)
