import process from 'node:process'
import { type Command, ExitStatus, type Invocation } from '../command.ts'
import { count } from '../confirmation.ts'
import { dryOutcome, type ExchangeOutcome, exchangeOutcome, tokenFileOf } from '../exchange/exchange-job.ts'
import {
  checkExchange,
  exchangeLimits,
  exchangeOptions,
  exchangeSecretNotes,
} from '../exchange/exchange-options.ts'
import type { TokenFile } from '../exchange/token-file.ts'
import { print } from '../output.ts'
import { Refusal } from '../refusal.ts'

/** The exit codes if some users must sign in again, and after Ctrl-C. */
const [signInAgain, interrupted] = [3, 130]

export const exchange: Command = {
  name: 'exchange',
  summary: 'Move stored tokens to OAuth 2, as a client of another provider',
  options: exchangeOptions,
  notes: `For partners of a provider that leaves OAuth 1.0: each token is exchanged for OAuth 2 ones of the same user, without
asking the user. The first line of a CSV file names its fields: token, secret, and if you like client and user. JSON
has the same names.

Run it again at any time: it goes on where it ended, even after it was killed. A token that has a line in --out or
--failed is left out; lines name it by its SHA-256. Both files are for your eyes only.

${exchangeSecretNotes}

Exit codes: 0 all are moved, 1 it stopped, or some are left (run it again), 2 wrong command line,
3 all are moved but those whose users must sign in again, 130 interrupted.`,
  examples: [
    'exchange --tokens tokens.csv --out oauth2.jsonl --issuer https://auth.example.com --client-id app --dry-run',
    'exchange --tokens tokens.csv --out oauth2.jsonl --endpoint https://auth.example.com/token --client-id app',
    'exchange --signed --key KEY --tokens tokens.csv --out oauth2.jsonl --endpoint https://api.example.com/exchange',
  ],
  async run(given) {
    checkExchange(given)
    exchangeLimits(given)
    const tokens = await tokenFileOf(given)
    requireNoFault(given, tokens)
    const isDry = given['dry-run'] === true
    const outcome = await (isDry ? dryOutcome(given, tokens) : exchangeOutcome(given, tokens))
    print(given, { ...outcome.summary, dryRun: isDry }, linesOf(outcome, isDry))
    if (!isDry) endWith(outcome)
  },
}

const mostTold = 200

/** @throws ExitStatus if the file has faults: they are reported, and nothing is sent. */
function requireNoFault(given: Invocation, { faults }: TokenFile): void {
  if (faults.length === 0) return
  const told = faults.slice(0, mostTold)
  const rest = faults.length - told.length
  print(given, { faults: faults.length, faultList: told.map(({ at, message }) => ({ at, message })) }, [])
  if (given['json'] !== true) {
    const lines = told.map(({ at, message }) => `${at}: ${message}`)
    const more = rest > 0 ? [`… and ${count(rest, 'more fault')}`] : []
    process.stderr.write(`${[...lines, ...more, 'Nothing was sent: mend the file first.'].join('\n')}\n`)
  }
  throw new ExitStatus(1)
}

function linesOf({ summary }: ExchangeOutcome, isDry: boolean): string[] {
  const { tokens, moved, movedNow, signInAgain, left } = summary
  return [
    `${count(tokens, 'token')} in the file`,
    `${moved.toLocaleString('en')} moved${isDry ? '' : `, ${movedNow.toLocaleString('en')} of them now`}`,
    ...(signInAgain > 0 ? [`${signInAgain.toLocaleString('en')} whose users must sign in again`] : []),
    ...(left > 0 ? [`${left.toLocaleString('en')} left`] : []),
    ...(isDry ? ['Nothing was sent or written: this was a dry run.'] : []),
  ]
}

/** The exit code, as the help says. */
function endWith({ summary, fault, isInterrupted }: ExchangeOutcome): void {
  if (fault !== undefined) throw new Refusal(fault.code, fault.message)
  if (isInterrupted) throw new ExitStatus(interrupted)
  if (summary.left > 0) throw new ExitStatus(1)
  if (summary.signInAgain > 0) throw new ExitStatus(signInAgain)
}
