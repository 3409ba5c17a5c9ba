import { expect, it } from 'vitest'
import { csvLine } from '../src/web/admin/csv.ts'

it.each([
  ['=1+1', "'=1+1"],
  ['A;=HYPERLINK(1);B', "A;'=HYPERLINK(1);B"],
  ['A; @SUM(1)', "A; '@SUM(1)"],
  ['A;B', 'A;B'],
  ['1-2', '1-2'],
])('%s is no formula in a spreadsheet, whatever it splits at', (text, cell) => {
  expect(csvLine([text])).toBe(`${cell}\r\n`)
})
