import { type Context, Hono } from 'hono'
import { removeAccount } from '../../accounts/account-removal.ts'
import { setRole } from '../../accounts/administrators.ts'
import { leaveFlash } from '../../accounts/flashes.ts'
import { endSessions } from '../../accounts/session-list.ts'
import { reinstateUser, suspendUser } from '../../accounts/suspension.ts'
import { countsOfUser } from '../../accounts/user-counts.ts'
import { listUsers, type UserSummary, userSummary } from '../../accounts/user-list.ts'
import { recordAudit } from '../../audit/record-audit.ts'
import { InputError } from '../../input-error.ts'
import type { Services } from '../../services.ts'
import { revokeTokens } from '../../tokens/tokens.ts'
import type { WebEnv } from '../http/session.ts'
import { faultIn } from '../ui/fault.ts'
import { sendPage } from '../ui/layout.ts'
import { messages } from '../ui/message.ts'
import { isOneself } from './administrator.ts'
import type { Done } from './done.ts'
import { userFilter } from './filters.ts'
import { asked, posted } from './form-fields.ts'
import { type UserView, userPage, usersPage } from './user-pages.ts'

/** All accounts: search, suspend, reinstate, change the role, end sessions and access, delete. */
export function userRoutes(services: Services): Hono<WebEnv> {
  const { db } = services
  const routes = new Hono<WebEnv>()

  routes.get('/admin/users', async (c) => {
    const filter = userFilter(c)
    const from = asked(c, 'from')
    const { items: users, next } = await listUsers(db, filter, { from })
    return sendPage(c, usersPage(c.get('texts'), { filter, from, users, next }))
  })

  const show = async (
    c: Context<WebEnv>,
    user: UserSummary,
    faults: Pick<UserView, 'fault' | 'confirmFault'> = {},
  ) => {
    const counts = await countsOfUser(db, user.id)
    const view = { session: c.get('session'), user, counts, isOneself: isOneself(c, user.id), ...faults }
    return sendPage(c, userPage(c.get('texts'), view))
  }

  routes.get('/admin/users/:id', async (c) => {
    const user = await userOf(services, c.req.param('id'))
    return user === undefined ? sendPage(c, messages.notFound) : show(c, user)
  })

  /** An action on a user, and its log entry and message. An action that changes nothing is not logged. */
  const acts: Readonly<Record<string, (user: UserSummary) => Promise<Done | undefined>>> = {
    suspend: async ({ id }) =>
      (await suspendUser(services, id)) ? { action: 'user.suspended', done: 'suspended' } : undefined,
    reinstate: async ({ id }) =>
      (await reinstateUser(db, id)) ? { action: 'user.reinstated', done: 'reinstated' } : undefined,
    promote: async ({ id }) =>
      (await setRole(db, id, 'admin'))
        ? { action: 'user.role-changed', done: 'promoted', details: { role: 'admin' } }
        : undefined,
    demote: async ({ id }) =>
      (await setRole(db, id, 'user'))
        ? { action: 'user.role-changed', done: 'demoted', details: { role: 'user' } }
        : undefined,
    'end-sessions': async ({ id }) => ({
      action: 'user.sessions-ended',
      done: 'sessionsEnded',
      details: { sessions: await endSessions(db, id) },
    }),
    'revoke-access': async ({ id: userId }) => ({
      action: 'user.access-revoked',
      done: 'accessRevoked',
      details: { tokens: await revokeTokens(services, { userId }) },
    }),
  }

  for (const [verb, act] of Object.entries(acts)) {
    routes.post(`/admin/users/:id/${verb}`, async (c) => {
      const user = await userOf(services, c.req.param('id'))
      if (user === undefined) return sendPage(c, messages.notFound)
      if (isOneself(c, user.id)) return show(c, user, { fault: c.get('texts').admin.oneself() })
      const page = `/admin/users/${user.id}`
      try {
        const result = await act(user)
        if (result === undefined) return c.redirect(page, 303)
        const { action, done, details } = result
        const { id, name } = user
        await recordAudit(services, { action, subject: { kind: 'user', id, name }, details })
        await leaveFlash(db, c.get('session').token, page, { kind: 'administered', done, name })
        return c.redirect(page, 303)
      } catch (error) {
        if (!(error instanceof InputError)) throw error
        return show(c, user, { fault: faultIn(c.get('texts'), error).message })
      }
    })
  }

  routes.post('/admin/users/:id/delete', async (c) => {
    const user = await userOf(services, c.req.param('id'))
    if (user === undefined) return sendPage(c, messages.notFound)
    const { admin } = c.get('texts')
    const { id, name } = user
    if (isOneself(c, id)) return show(c, user, { fault: admin.oneself() })
    const text = await posted(c)
    if (text('confirm').trim() !== name) return show(c, user, { confirmFault: admin.confirmWrong() })
    try {
      const removed = await removeAccount(services, id)
      await recordAudit(services, {
        action: 'user.deleted',
        subject: { kind: 'user', id, name },
        details: { ...removed },
      })
      await leaveFlash(db, c.get('session').token, '/admin/users', {
        kind: 'administered',
        done: 'deleted',
        name,
      })
      return c.redirect('/admin/users', 303)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      return show(c, user, { fault: faultIn(c.get('texts'), error).message })
    }
  })

  return routes
}

async function userOf({ db }: Services, id: string): Promise<UserSummary | undefined> {
  return /^\d{1,9}$/.test(id) ? userSummary(db, Number(id)) : undefined
}
