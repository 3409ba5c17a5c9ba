import type { Context } from 'hono'
import type { UserFilter } from '../../accounts/user-list.ts'
import { isAuditAction } from '../../audit/audit-actions.ts'
import type { AuditFilter } from '../../audit/audit-list.ts'
import { type ClientFilter, pairings } from '../../clients/administered-clients.ts'
import { type SigningFilter, signingKinds } from '../../clients/signing-list.ts'
import type { TokenListFilter } from '../../tokens/administered-tokens.ts'
import type { WebEnv } from '../http/session.ts'
import { asked, oneOf } from './form-fields.ts'
import type { Query } from './parts.ts'

// The query of a list, shared by its page and its files.

export function userFilter(c: Context<WebEnv>): UserFilter {
  return { name: asked(c, 'name'), state: oneOf(['admin', 'suspended'], asked(c, 'state')) }
}

export function clientFilter(c: Context<WebEnv>): ClientFilter {
  const status = oneOf(['pending', 'approved', 'suspended'], asked(c, 'status'))
  const pairing = oneOf(pairings, asked(c, 'pairing'))
  return { text: asked(c, 'text'), owner: asked(c, 'owner'), status, pairing }
}

export function tokenFilter(c: Context<WebEnv>): TokenListFilter {
  return { user: asked(c, 'user'), clientId: asked(c, 'client') }
}

/** The numbers of days that the page offers. */
export const usageDays = ['7', '30', '90', '400'] as const

export function usageFilter(c: Context<WebEnv>): SigningFilter {
  const days = oneOf(usageDays, asked(c, 'days'))
  return {
    kind: oneOf(signingKinds, asked(c, 'kind')),
    client: asked(c, 'client'),
    ...(days !== undefined && { days: Number(days) }),
  }
}

const dayMilliseconds = 24 * 3600 * 1000

/** The filter, and the values as typed. Days are whole, in UTC. */
export function auditFilter(c: Context<WebEnv>): { readonly filter: AuditFilter; readonly query: Query } {
  const [actor, subject, action] = [asked(c, 'actor'), asked(c, 'subject'), asked(c, 'action')]
  const [since, until] = [dayIn(asked(c, 'since')), dayIn(asked(c, 'until'))]
  const known = action !== undefined && isAuditAction(action) ? action : undefined
  const end = until && until.at + dayMilliseconds - 1
  return {
    filter: { actor, subject, action: known, since: since?.at, until: end },
    query: { actor, subject, action: known, since: since?.text, until: until?.text },
  }
}

function dayIn(text: string | undefined): { readonly text: string; readonly at: number } | undefined {
  const at = text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN
  return text === undefined || Number.isNaN(at) ? undefined : { text, at }
}
