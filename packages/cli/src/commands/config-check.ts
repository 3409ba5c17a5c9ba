import process from 'node:process'
import { type Command, configOption, ExitStatus, jsonOption, optional } from '../command.ts'
import { print, table } from '../output.ts'
import { loadProvider } from '../provider.ts'

export const configCheck: Command = {
  name: 'config check',
  summary: 'Show every setting and its source, and every mistake',
  options: [configOption, jsonOption],
  notes: 'No secret is printed. The exit status is 1 if the provider would not start.',
  examples: ['config check', 'config check --config /etc/countersign.conf --json'],
  async run(given) {
    const { configurationReport } = await loadProvider()
    const file = optional(given, 'config')
    const report = configurationReport({
      ...process.env,
      ...(file !== undefined && { COUNTERSIGN_CONFIG: file }),
    })
    const { settings, faults, warnings } = report
    const rows = settings.map(({ name, value, source }) => [name, value || '-', source])
    print(given, report, [
      ...table([['SETTING', 'VALUE', 'FROM'], ...rows]),
      ...section('Probably not meant:', warnings),
      ...section('The provider does not start with these settings:', faults),
    ])
    if (faults.length > 0) throw new ExitStatus(1)
  },
}

function section(title: string, sentences: readonly string[]): string[] {
  return sentences.length === 0 ? [] : ['', title, ...sentences.map((sentence) => `  ${sentence}`)]
}
