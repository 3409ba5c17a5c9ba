import { html } from 'hono/html'
import { auditActions, isAuditAction } from '../../audit/audit-actions.ts'
import type { AuditLine, AuditParty } from '../../audit/audit-list.ts'
import type { Texts } from '../../texts/texts.ts'
import { choice, field } from '../ui/form.ts'
import type { Page } from '../ui/layout.ts'
import { rows } from '../ui/list.ts'
import { type Html, moment, named } from '../ui/text.ts'
import { exportLinks, filterForm, pager, partMenu, type Query } from './parts.ts'

/** The content of the audit log page. */
export interface AuditView {
  /** As typed: `actor`, `subject`, `action`, `since` and `until`. */
  readonly query: Query
  readonly from: string | undefined
  readonly lines: readonly AuditLine[]
  readonly next: string | undefined
  /** How long entries are kept. */
  readonly days: number
}

export function auditPage(texts: Texts, { query, from, lines, next, days }: AuditView): Page {
  const { admin } = texts
  const names = Object.fromEntries(auditActions.map((action) => [action, actionName(texts, action)]))
  const typed = { autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', maxlength: 200 }
  return {
    title: admin.parts.audit(),
    wide: true,
    body: html`${partMenu(texts, 'audit')}<h1>${admin.parts.audit()}</h1>
<p class="quiet">${admin.auditHint({ days })}</p>
${filterForm(
  texts,
  '/admin/audit',
  [
    field({ name: 'actor', label: admin.actor(), value: query['actor'] ?? '', attributes: typed }),
    field({ name: 'subject', label: admin.subject(), value: query['subject'] ?? '', attributes: typed }),
    choice({
      name: 'action',
      label: admin.action(),
      options: { '': admin.anyAction(), ...names },
      value: query['action'] ?? '',
    }),
    field({
      name: 'since',
      label: admin.sinceDay(),
      value: query['since'] ?? '',
      attributes: { type: 'date' },
    }),
    field({
      name: 'until',
      label: admin.untilDay(),
      value: query['until'] ?? '',
      attributes: { type: 'date' },
    }),
  ],
  query,
)}
${rows(
  lines.map((line) => ({ text: auditLine(texts, line) })),
  Object.values(query).some(Boolean) ? admin.noneFound() : admin.noAudit(),
)}
${pager(texts, '/admin/audit', query, from, next)}
${exportLinks(texts, 'audit', query)}`,
  }
}

/** An audit log entry, in a list. */
function auditLine(
  texts: Texts,
  { action, actor, subject, atMilliseconds, network, requestId, details }: AuditLine,
): Html {
  const facts = Object.entries(details)
  return html`<p><strong>${actionName(texts, action)}</strong>${subject === null ? '' : html`: ${party(texts, subject)}`}</p>
<p class="quiet">${texts.admin.by({ actor: party(texts, actor) })} · ${moment(texts, atMilliseconds)}${network === null ? '' : html` · <code>${network}</code>`}${requestId === null ? '' : html` · <code>${requestId}</code>`}</p>
${facts.length === 0 ? '' : html`<p class="quiet">${facts.map(([name, value], index) => html`${index === 0 ? '' : ', '}<code>${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}</code>`)}</p>`}`
}

/** An entry from a newer version may have an action that this version does not know. */
function actionName({ admin }: Texts, action: string): string {
  return isAuditAction(action) ? admin.auditActions[action]() : action
}

function party({ admin }: Texts, { kind, id, name }: AuditParty): Html {
  const kinds = admin.partyKinds
  const known: keyof typeof kinds = Object.hasOwn(kinds, kind) ? (kind as keyof typeof kinds) : 'system'
  const shown = name ?? id
  if (shown === null) return html`${kinds[known]()}`
  const text = named(shown)
  if (id !== null && kind === 'user') return html`<a href="/admin/users/${id}">${text}</a>`
  if (id !== null && kind === 'client') return html`<a href="/admin/clients/${id}">${text}</a>`
  return html`${text} (${kinds[known]()})`
}
