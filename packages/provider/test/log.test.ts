import { expect, it } from 'vitest'
import { runCli, runCliJson, runProvider, temporaryDirectory } from './running-provider.ts'
import { signer } from './signer.ts'
import { Visitor } from './visitor.ts'

it('logs every request, and neither secrets nor tokens of it', async () => {
  const directory = temporaryDirectory()
  const provider = await runProvider(directory.path, { LOG_LEVEL: 'trace' })
  const visitor = new Visitor(provider.url)
  await visitor.signUp('vera', 'correct horse battery')
  await fetch(`${provider.url}/api/me?oauth_token=ttt&oauth_signature=sss&oauth_consumer_key=kkk`, {
    headers: { authorization: 'OAuth oauth_signature="sss"' },
  })
  const cookie = visitor.cookies.get('countersign') ?? ''
  await provider.stop()
  directory.remove()
  const { stderr } = provider.output
  expect(stderr).toMatch(/"method":"POST","path":"\/sign-up","status":303/)
  expect(stderr).toMatch(/"path":"\/api\/me","status":400/)
  for (const secret of ['correct horse', cookie, 'sss', 'ttt']) expect(stderr).not.toContain(secret)
})

it('says why a client is refused whose policy names a profile that the provider does not have', async () => {
  const directory = temporaryDirectory()
  const cwd = directory.path
  const provider = await runProvider(cwd)
  const { clientId, clientSecret } = await runCliJson<{ clientId: string; clientSecret: string }>(cwd, [
    ...['client', 'add', '--name', 'Course'],
  ])
  const env = { PROFILES: 'lti11' }
  const set = await runCli(cwd, ['client', 'policy', '--key', clientId, '--profile', 'lti11'], { env })
  const echo = signer(provider.url, { key: clientId, secret: clientSecret })
  const response = await echo('POST', '/api/echo', {})
  await provider.stop()
  directory.remove()
  expect([set.code, response.status]).toEqual([0, 401])
  const lines = provider.output.stderr.split('\n').filter((line) => line.includes('unusable client'))
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 50, clientId, reason: expect.stringContaining('names the profile lti11, which is not among') },
  ])
})
