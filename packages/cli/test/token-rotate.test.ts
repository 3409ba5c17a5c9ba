import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { temporaryDirectory } from '../../provider/test/running-provider.ts'
import { jsonHere, runHere } from './in-process.ts'

const directory = temporaryDirectory()
afterAll(() => directory.remove())

it('token rotate is refused while the client or the user is suspended, and the old token stays', async () => {
  const database = join(directory.path, 'data.sqlite')
  const json = jsonHere(database, { COUNTERSIGN_PASSWORD: 'correct horse battery' })
  await json('user', 'add', 'anna')
  const { clientId } = await json<{ clientId: string }>('client', 'add', '--name', 'Album')
  const { oauthToken } = await json<{ oauthToken: string }>(
    ...['token', 'add', '--client', clientId, '--user', 'anna'],
  )
  const rotate = () => runHere(['token', 'rotate', oauthToken, '--database', database])
  for (const [suspend, reinstate, why] of [
    [['user', 'set', 'anna', '--suspend'], ['user', 'set', 'anna', '--reinstate'], 'user is suspended'],
    [['client', 'suspend', clientId], ['client', 'approve', clientId], 'client is suspended'],
  ] as const) {
    await json(...suspend)
    const { code, stdout, stderr } = await rotate()
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(why)
    expect(await json('token', 'list')).toMatchObject([{ oauthToken }])
    await json(...reinstate)
  }
  expect((await rotate()).code).toBe(0)
})
