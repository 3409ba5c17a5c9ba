import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Request, Response } from 'express'

const isSecure = process.env['OAUTH1_INSECURE_TRANSPORT'] !== 'true'
// With this prefix, no other host of the domain can set the cookie. It requires https.
const cookieName = isSecure ? '__Host-session' : 'session'
const lifetimeSeconds = 8 * 3600
const maxSessions = 10_000

const csrfKey = randomBytes(32)
/** Only signed-in users, oldest first: a visitor costs no memory. */
const signedIn = new Map<string, { readonly userId: string; readonly endsAt: number }>()

export interface Session {
  /** Undefined before sign-in. */
  readonly userId: string | undefined
  /** For a hidden field of every form. */
  readonly csrfToken: string
}

/** The session of this browser; creates one if needed. */
export function sessionOf(req: Request, res: Response): Session {
  const id = idOf(req) ?? begin(res)
  const found = signedIn.get(id)
  const userId = found && found.endsAt > Date.now() ? found.userId : undefined
  return { userId, csrfToken: csrfTokenOf(id) }
}

/** Begins a new session: an identifier that someone else knew before sign-in is worthless afterwards. */
export function signInAs(userId: string, req: Request, res: Response): void {
  signedIn.delete(idOf(req) ?? '')
  const now = Date.now()
  for (const [id, { endsAt }] of signedIn) {
    if (endsAt > now && signedIn.size < maxSessions) break
    signedIn.delete(id)
  }
  signedIn.set(begin(res), { userId, endsAt: now + lifetimeSeconds * 1000 })
}

/** Whether the form comes from a page shown to this browser, and not from another site. */
export function isOwnForm(req: Request): boolean {
  const given = req.body?.csrf
  const id = idOf(req)
  if (typeof given !== 'string' || id === undefined) return false
  const expected = Buffer.from(csrfTokenOf(id))
  return given.length === expected.length && timingSafeEqual(Buffer.from(given, 'latin1'), expected)
}

function csrfTokenOf(id: string): string {
  return createHmac('sha256', csrfKey).update(id).digest('base64url')
}

function begin(res: Response): string {
  const id = randomBytes(32).toString('base64url')
  // Lax: the browser must send it when the client's site links or redirects here, but not with a form from there.
  res.cookie(cookieName, id, { httpOnly: true, secure: isSecure, sameSite: 'lax', path: '/' })
  return id
}

function idOf({ headers }: Request): string | undefined {
  const cookies = headers.cookie?.split('; ') ?? []
  return cookies.find((cookie) => cookie.startsWith(`${cookieName}=`))?.slice(cookieName.length + 1)
}
