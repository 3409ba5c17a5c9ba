import * as core from 'countersign'
import * as bridge from 'countersign/bridge'
import * as client from 'countersign/client'
import * as fetchAdapter from 'countersign/fetch'
import * as memory from 'countersign/memory'
import { expect, it } from 'vitest'
import { runChecks } from './checks.mjs'

it('what every runtime is asked holds for the sources, before any runtime is asked', async () => {
  const { lines, failed, passed } = await runChecks({ core, memory, fetchAdapter, client, bridge })
  expect(lines.filter((line: string) => line.startsWith('FAILED'))).toEqual([])
  expect([passed > 10, failed]).toEqual([true, 0])
})
