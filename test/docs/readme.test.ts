import { join } from 'node:path'
import { expect, it } from 'vitest'
import { driveClient } from '../../examples/drive.ts'
import { patience, start } from '../../examples/start.ts'
import { readGuide } from './guide.ts'

const flags = ['--conditions=countersign-source']
it(
  "the README's sample, started as it says, lets the client of the quick start in",
  async () => {
    const { shell } = await readGuide('README')
    const script = shell.flat().find((line) => line.endsWith('node server.ts'))
    expect(script).toBeDefined()
    const app = await start(join(import.meta.dirname, 'readme'), {
      flags,
      script: script ?? '',
    })
    try {
      await driveClient(join(import.meta.dirname, '../../examples/express/client.ts'), app.origin, flags)
    } finally {
      await app.stop()
    }
  },
  patience,
)
