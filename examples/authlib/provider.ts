import { AuthorizationServer, optionsFromEnv, ResourceProtector } from 'countersign'
import { devConsent } from 'countersign/dev'
import { currentCredential, endpoint, requireOAuth } from 'countersign/express'
import { kyselyHooks, sweepExpired } from 'countersign/kysely'
import express from 'express'
import { db } from './database.ts'

const tables = { client: 'client', tokenCredential: 'token_credential' } as const
const hooks = kyselyHooks(db, { tables })
const server = new AuthorizationServer({ ...optionsFromEnv(), hooks })
const protector = new ResourceProtector({ ...optionsFromEnv(), hooks })

const app = express()
app.all('/initiate', endpoint(server.initiate))
// The id of a user in your table. Your own page comes here.
app.all('/authorize', endpoint(devConsent(server, { users: ['7'] })))
app.all('/token', endpoint(server.token))

app.get('/user', requireOAuth(protector), async (req, res) => {
  const id = Number(currentCredential(req).userId)
  res.json(await db.selectFrom('user').selectAll().where('id', '=', id).executeTakeFirstOrThrow())
})

setInterval(() => sweepExpired(db).catch(console.error), 60_000).unref()

const port = process.env['PORT'] ?? 3000
app.listen(port).on('listening', () => console.log(`Listening on http://localhost:${port}`))
