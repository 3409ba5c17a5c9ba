import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { AuthorizationServer, type TokenCredential } from 'countersign'
import { memoryHooks } from 'countersign/memory'
import { type SealingOptions, sealedHooks, sealSecret } from 'countersign/sealed'

process.env['SEALING_KEY_2026'] = randomBytes(32).toString('base64')
process.env['SEALING_KEY_2027'] = randomBytes(32).toString('base64')

const old = { id: '2026', key: process.env['SEALING_KEY_2026'] ?? '' }
const next = { id: '2027', key: process.env['SEALING_KEY_2027'] ?? '' }

const steps: readonly SealingOptions[] = [
  { keys: [old] },
  { keys: [old, next] }, // every process can read the new key
  { keys: [next, old] }, // new secrets are sealed with it; now reseal
  { keys: [next] },
]

/** Whether a process that has come to one step reads what one at another step sealed. */
async function isReadable(sealed: SealingOptions, read: SealingOptions): Promise<boolean> {
  const clientSecret = sealSecret('demo-secret', { kind: 'client', clientId: 'demo' }, sealed)
  const store = memoryHooks({ clients: [{ clientId: 'demo', clientSecret }] })
  const client = await Promise.resolve(sealedHooks(store, read).queryClient('demo')).catch(() => undefined)
  return client?.clientSecret === 'demo-secret'
}

// During a restart, processes are at most one step apart.
for (const [i, step] of steps.entries())
  for (const other of steps.slice(Math.max(0, i - 1), Math.min(i + 2, 3)))
    assert.equal(await isReadable(step, other), true)
assert.equal(await isReadable({ keys: [next] }, { keys: [old] }), false)

const hooks = memoryHooks({ clients: [{ clientId: 'demo', clientSecret: 'demo-secret' }] })
const server = new AuthorizationServer({ hooks })

async function replaceToken(old: TokenCredential): Promise<TokenCredential> {
  const { clientId, userId, scope, expiresAt } = old
  const issued = await server.issueToken({
    clientId,
    userId: userId ?? undefined,
    scope: scope ?? undefined,
    expiresAt: expiresAt ?? undefined,
  })
  await server.revokeToken(clientId, old.oauthToken)
  return issued
}

const leaked = await server.issueToken({ clientId: 'demo', userId: 'ada', scope: 'notes:read' })
const replaced = await replaceToken(leaked)
assert.notEqual(replaced.oauthTokenSecret, leaked.oauthTokenSecret)
assert.deepEqual(await server.listTokens({ userId: 'ada' }), [replaced])
