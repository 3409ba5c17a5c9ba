import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { allowBrokenPipe } from './broken-pipe.ts'

it('a process that ends without reading a megabyte is judged by its exit code', async () => {
  const child = spawn(process.execPath, ['--eval', 'process.exit(3)'])
  allowBrokenPipe(child.stdin)
  child.stdin.end('x'.repeat(2 ** 20))
  expect(await once(child, 'close')).toEqual([3, null])
})

it('another fault is thrown', () => {
  const stdin = new PassThrough()
  allowBrokenPipe(stdin)
  expect(() => stdin.emit('error', new Error('another'))).toThrow('another')
})
