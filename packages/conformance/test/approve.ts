// Decides for the test user, as a program that is given as the target's command: it prints where the provider redirects.
const { AUTHORIZATION_URL: page = '' } = process.env

const shown = await fetch(page)
const cookie = shown.headers.getSetCookie().join('; ')
await post('/sign-in', {
  ...hiddenFields(await shown.text()),
  name: 'rosa',
  password: 'correct horse battery',
})
const asked = await fetch(page, { headers: { cookie } })
const decided = await post(page, { ...hiddenFields(await asked.text()), decision: 'allow' })
console.log(decided.headers.get('location'))

function hiddenFields(html: string): Record<string, string> {
  const fields = html.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)
  return Object.fromEntries([...fields].map(([, name, value]) => [name, value]))
}

function post(path: string, fields: Record<string, string>): Promise<Response> {
  const body = new URLSearchParams(fields)
  return fetch(new URL(path, page), { method: 'POST', redirect: 'manual', headers: { cookie }, body })
}

export {}
