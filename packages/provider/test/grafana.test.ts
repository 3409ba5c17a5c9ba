import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ThirdParty } from '../../../test/support/third-party.ts'
import { createAccount } from '../src/accounts/accounts.ts'
import { registerClient } from '../src/clients/registration.ts'
import { createProvider } from '../src/provider.ts'
import { createLog } from '../src/telemetry/log.ts'
import { issueToken } from '../src/tokens/issued-token.ts'
import { Visitor } from './visitor.ts'

const dashboard = JSON.parse(readFileSync(new URL('../../../deploy/grafana.json', import.meta.url), 'utf8'))
const queries: string[] = dashboard.panels.flatMap(({ targets }: { targets: { expr: string }[] }) =>
  targets.map(({ expr }) => expr),
)

/** Labels that Prometheus adds to what it scrapes. */
const added = ['instance', 'job']

/** The metrics that a query names, each with the labels that it asks for. */
function askedFor(query: string): Map<string, Set<string>> {
  const asked = new Map<string, Set<string>>()
  const names = [...query.matchAll(/\b((?:countersign|nodejs|process)_[a-z0-9_]+)(?:\{([^}]*)\})?/g)]
  const grouped = [...query.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/))
  for (const [, name = '', matchers = ''] of names) {
    const matched = [...matchers.matchAll(/([a-z_]+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label)
    asked.set(name, new Set([...matched, ...grouped]))
  }
  return asked
}

/** The metrics of a page for Prometheus, each with all labels of its samples. */
function offered(page: string): Map<string, Set<string>> {
  const metrics = new Map<string, Set<string>>()
  for (const line of page.split('\n')) {
    const [, name = '', labels = ''] = /^([a-z_][a-z0-9_]*)(?:\{(.*)\})? \S+$/.exec(line) ?? []
    const known = metrics.get(name) ?? new Set()
    for (const [, label = ''] of labels.matchAll(/([a-z_]+)="/g)) known.add(label)
    metrics.set(name, known)
  }
  return metrics
}

it('asks only for metrics and labels that a provider has after some traffic, and for all of the important ones', async () => {
  const log = createLog('silent')
  const provider = await createProvider({ port: 0, database: ':memory:', metricsPort: 0 }, log)
  const { services, address } = provider
  const callback = 'https://album.example/cb'
  const { clientId, clientSecret } = await registerClient(services.db, {
    name: 'Album',
    callbacks: [callback],
  })
  await createAccount(services.db, 'vera', 'correct horse battery')
  const signing = new ThirdParty({ key: clientId, secret: clientSecret })
  const issued = await issueToken(services, clientId, 1)
  const token = { key: issued.oauthToken, secret: issued.oauthTokenSecret }
  const authorization = signing.authorization('GET', `${address}/api/me`, { token })
  for (const status of [200, 401])
    expect((await fetch(`${address}/api/me`, { headers: { authorization } })).status).toBe(status)
  const temporary = await signing.send('POST', `${address}/oauth/initiate`, {
    data: { oauth_callback: callback },
  })
  const visitor = new Visitor(address)
  await visitor.signIn('vera', 'correct horse battery')
  await visitor.open(
    `/oauth/authorize?oauth_token=${new URLSearchParams(await temporary.text()).get('oauth_token')}`,
  )
  await visitor.submit('/oauth/authorize', { decision: 'allow' })
  await signing.send('POST', `${address}/oauth/revoke`, { token })
  await services.db.destroy()
  await signing.send('GET', `${address}/api/me`, { token })
  const metrics = offered(await (await fetch(`${provider.metricsAddress}/metrics`)).text())
  await provider.close()

  expect(queries.length).toBeGreaterThan(20)
  for (const query of queries) {
    const asked = askedFor(query)
    expect([query, asked.size]).not.toEqual([query, 0])
    for (const [name, labels] of asked) {
      expect([name, metrics.has(name)]).toEqual([name, true])
      const strange = [...labels].filter((label) => !added.includes(label) && !metrics.get(name)?.has(label))
      expect([query, strange]).toEqual([query, []])
    }
  }
  // Nothing that the provider counts is left out of the dashboard.
  const shown = queries.join(' ')
  const own = [...metrics.keys()].filter(
    (name) => /^countersign_/.test(name) && !/_(?:sum|count)$/.test(name),
  )
  expect(own.filter((name) => !shown.includes(name))).toEqual([])
})
