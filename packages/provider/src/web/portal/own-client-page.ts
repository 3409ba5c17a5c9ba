import type { Context, Handler } from 'hono'
import { recordAudit } from '../../audit/record-audit.ts'
import { findOwnClient, type OwnClient } from '../../clients/client-overview.ts'
import type { Database } from '../../database/schema.ts'
import type { Services } from '../../services.ts'
import type { WebEnv } from '../http/session.ts'
import { userOf } from '../http/signed-in.ts'
import { sendPage } from '../ui/layout.ts'
import { messages } from '../ui/message.ts'

/** A handler for a page about the user's own client; other users' clients are not found. */
export function ofOwnClient(
  db: Database,
  handle: (c: Context<WebEnv>, client: OwnClient) => Response | Promise<Response>,
): Handler<WebEnv> {
  return async (c) => {
    const client = await findOwnClient(db, c.req.param('id') ?? '', userOf(c).id)
    return client === undefined ? sendPage(c, messages.notFound) : handle(c, client)
  }
}

/** Records in the audit log that a client lost its verified mark because of its owner's change. */
export async function noteUnverified(services: Services, before: OwnClient, ownerId: number): Promise<void> {
  const { clientId, isVerified } = before
  if (!isVerified || (await findOwnClient(services.db, clientId, ownerId))?.isVerified) return
  await recordAudit(services, { action: 'client.unverified', subject: { kind: 'client', id: clientId } })
}

/** Reads the fields of a posted form; a missing one is the empty string. */
export async function textFields(c: Context<WebEnv>): Promise<(name: string) => string> {
  const form = await c.req.parseBody()
  return (name) => {
    const value = form[name]
    return typeof value === 'string' ? value : ''
  }
}

/** All values of checkboxes with one name. */
export async function checkedValues(c: Context<WebEnv>, name: string): Promise<string[]> {
  const form = await c.req.parseBody({ all: true })
  return [form[name] ?? []].flat().filter((value) => typeof value === 'string')
}

/** The octets of an uploaded file; undefined if none was chosen. */
export async function uploaded(c: Context<WebEnv>, name: string): Promise<Uint8Array | undefined> {
  const file = (await c.req.parseBody())[name]
  if (!(file instanceof File) || (file.name === '' && file.size === 0)) return undefined
  return new Uint8Array(await file.arrayBuffer())
}
