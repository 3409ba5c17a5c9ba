import { expect, it } from 'vitest'
import { runProvider, temporaryDirectory } from './running-provider.ts'
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
