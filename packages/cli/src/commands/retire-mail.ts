import { type Command, configOption, jsonOption, optional } from '../command.ts'
import { print } from '../output.ts'
import { loadProvider } from '../provider.ts'
import { planOf, retirementArgument } from '../retirement-plan.ts'
import { environmentOf } from '../services.ts'

export const retireMail: Command = {
  name: 'retire mail',
  summary: 'Print a mail to developers for each rule, to copy',
  argument: retirementArgument,
  options: [
    { flags: '--language LANGUAGE', summary: 'en or de (default: en)', values: ['en', 'de'] },
    configOption,
    jsonOption,
  ],
  notes: 'Nothing is sent. The site is named as BRAND_NAME says. Brownouts that are over are left out.',
  examples: ['retire mail retirement.json', 'retire mail retirement.json --language de'],
  async run(given) {
    const { retirementMails, settingsFromEnv } = await loadProvider()
    const plan = await planOf(given)
    const { brand } = settingsFromEnv(environmentOf(given))
    const language = optional(given, 'language') === 'de' ? 'de' : 'en'
    const mails = retirementMails(plan, { site: brand.name, language })
    const lines = mails.flatMap(({ subject, body }) => [
      subject,
      '',
      ...body.trimEnd().split('\n'),
      '',
      '---',
      '',
    ])
    print(given, mails, lines.slice(0, -3))
  },
}
